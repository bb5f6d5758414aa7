import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, HttpsClient } from '../support/client.ts'
import type { Receipt, SentRequest } from './audit.ts'

/** Common words that neither a rule nor a model takes for a name, an id or a date, in any row of seven. */
const WORDS = ['table', 'chair', 'window', 'bread', 'water', 'music', 'blanket', 'weather', 'button', 'carpet'] as const
const MARKER_LENGTH = 7

/** A name for a request that survives masking: seven words, one for each digit of its number. */
export function markerOf(sequence: number): string {
  const digits = Array.from(String(sequence).padStart(MARKER_LENGTH, '0'), Number)
  return digits.map((digit) => WORDS[digit]).join(' ')
}

/** The marker in a body as the model server received it. */
export function findMarker(body: string): string | undefined {
  return new RegExp(`(?:(?:${WORDS.join('|')}) ?){${MARKER_LENGTH}}`).exec(body)?.[0].trim()
}

export interface WorkerOptions {
  /** The model that only this worker names. */
  readonly model: string
  readonly client: HttpsClient
  readonly headers: Readonly<Record<string, string>>
  readonly nextSequence: () => number
  readonly isOver: () => boolean
}

/**
 * Sends one request after the other, whole and streamed in turn, and keeps what it was told, outside of everything that
 * is killed. A request that got no answer counts as sent: whether it was forwarded is for the audit to say.
 */
export async function work(options: WorkerOptions): Promise<readonly SentRequest[]> {
  const { model, client, headers, nextSequence, isOver } = options
  const sent: SentRequest[] = []
  while (!isOver()) {
    const sequence = nextSequence()
    const marker = markerOf(sequence)
    const isStreamed = sequence % 2 === 0
    const messages = [{ role: 'user', content: `Please repeat these words: ${marker}` }]
    const sentAt = new Date()
    const answer = await client.send('/v1/chat/completions', {
      headers,
      body: JSON.stringify({ model, messages, stream: isStreamed }),
      abortAfterMs: 10_000,
    })
    const receipt = readReceipt(answer)
    const isAnswered = answer.status === 200 && answer.isWhole && (!isStreamed || answer.body.includes('data: [DONE]'))
    sent.push({ worker: model, marker, sentAt, isAnswered, ...(receipt !== undefined && { receipt }) })
    // A server that is gone refuses at once: no need to ask a thousand times a second.
    if (answer.status !== 200) await sleep(20)
  }
  return sent
}

/** What an answer's receipt says: `intent=17, outcome=18`, and only the intent for a stream. None for a refusal. */
function readReceipt({ status, headers }: Answer): Receipt | undefined {
  const header = headers['breakwater-receipt']
  const [, intent, outcome] = /^intent=(\d+)(?:, outcome=(\d+))?$/.exec(String(header)) ?? []
  if (status !== 200 || intent === undefined) return undefined
  return { intent: Number(intent), ...(outcome !== undefined && { outcome: Number(outcome) }) }
}
