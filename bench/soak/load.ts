import { performance } from 'node:perf_hooks'
import type { HttpsClient } from '../../tests/support/client.ts'
import { keepPace } from '../gateway/pace.ts'
import { CLINICAL_NOTE, makeRemark, PATIENT } from '../gateway/prompts.ts'

/** What requests came to since the last `take`. */
export interface Tally {
  readonly latenciesMs: readonly number[]
  /** By what was wrong, how often. */
  readonly errors: Readonly<Record<string, number>>
}

export interface Load {
  /** One after the other on each of so many connections, for some seconds; answers per second. */
  measureCapacity(connections: number, seconds: number): Promise<number>
  /** Begins one at each beat, whether or not those before have been answered; latency counts from when it was due. */
  keepUp(perSecond: number, seconds: number): Promise<void>
  take(): Tally
}

/** More than this many at once are not waited for: the gateway does not keep up. */
const MOST_IN_FLIGHT = 64

export interface LoadOptions {
  readonly model: string
  readonly headers: Readonly<Record<string, string>>
  /** Every so many requests one holds a text that nobody saw before; 0: none does. */
  readonly firstSightEvery: number
}

/** Masked chat of 2 KB, every second one streamed. An answer is right when it is whole and has the patient's name back. */
export function createLoad(client: HttpsClient, { model, headers, firstSightEvery }: LoadOptions): Load {
  let latenciesMs: number[] = []
  let errors: Record<string, number> = {}
  let sent = 0
  let inFlight = 0
  const count = (error: string): void => void (errors[error] = (errors[error] ?? 0) + 1)

  async function send(dueMs: number): Promise<void> {
    const index = sent++
    const stream = index % 2 === 1
    // Whole and streamed ones take turns at it.
    const isNew = firstSightEvery > 0 && (index >> 1) % firstSightEvery === 0
    const content = isNew ? `${CLINICAL_NOTE}\nRemarks: ${makeRemark()}.` : CLINICAL_NOTE
    inFlight += 1
    const body = JSON.stringify({ model, stream, messages: [{ role: 'user', content }] })
    const answer = await client.send('/v1/chat/completions', { headers, body })
    inFlight -= 1
    latenciesMs.push(performance.now() - dueMs)
    const fault = findFault(answer, stream)
    if (fault !== undefined) count(fault)
  }

  return {
    async measureCapacity(connections, seconds) {
      const startedMs = performance.now()
      const untilMs = startedMs + seconds * 1_000
      const first = sent
      const work = async (): Promise<void> => {
        while (performance.now() < untilMs) await send(performance.now())
      }
      await Promise.all(Array.from({ length: connections }, work))
      return ((sent - first) * 1_000) / (performance.now() - startedMs)
    },
    async keepUp(perSecond, seconds) {
      await keepPace({ perSecond, seconds }, async (dueMs) => {
        if (inFlight >= MOST_IN_FLIGHT) count('not sent: too many unanswered')
        else await send(dueMs)
      })
    },
    take() {
      const tally = { latenciesMs, errors }
      latenciesMs = []
      errors = {}
      return tally
    },
  }
}

interface Answered {
  readonly status: number
  readonly body: Buffer
  readonly isWhole: boolean
}

function findFault({ status, body, isWhole }: Answered, isStream: boolean): string | undefined {
  if (status !== 200) return `status ${status}`
  if (!isWhole) return 'broken off'
  const text = body.toString()
  if (isStream && !text.trimEnd().endsWith('data: [DONE]')) return 'a stream without an end'
  return readContent(text, isStream).includes(PATIENT) ? undefined : 'the name did not come back'
}

function readContent(text: string, isStream: boolean): string {
  if (!isStream) return JSON.parse(text).choices[0].message.content
  const events = text.split('\n').filter((line) => line.startsWith('data: {'))
  return events.map((line) => JSON.parse(line.slice(6)).choices[0]?.delta.content ?? '').join('')
}
