import { setTimeout as sleep } from 'node:timers/promises'
import type { KeptRuleInput, PrincipalInput } from '@breakwater/contract'
import type { Answer } from '../support/client.ts'
import type { Caller } from '../support/register.ts'
import type { RunningServer } from '../support/server.ts'
import { CANARIES, NOTE } from './canaries.ts'

const RULE: KeptRuleInput = { purpose: 'TREAT', retentionDays: 30, reason: 'quality-review', keepsRestored: false }
const OFFICER: PrincipalInput = {
  kind: 'service',
  roles: ['privacy-officer', 'clinician'],
  purposes: ['TREAT'],
  defaultPurpose: 'TREAT',
  mayRestore: true,
}
const SET = '/api/v1/evaluations/letters'

type Send = (method: string, path: string, body?: unknown) => Promise<Answer>

function sendAs(server: RunningServer, token: string): Send {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return async (method, path, body) =>
    server.client.send(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
}

async function demand(answer: Promise<Answer>): Promise<Answer> {
  const { status, body } = await answer
  if (status >= 200 && status < 300) return answer
  throw new Error(`${status} ${body.toString()}`)
}

/** Switches on all that may be kept, history with the caller's values too. */
export async function keepEverything(server: RunningServer, adminToken: string): Promise<void> {
  const admin = sendAs(server, adminToken)
  await demand(admin('PUT', '/api/v1/kept/history', { ...RULE, keepsRestored: true }))
  for (const kind of ['feedback', 'evaluation']) await demand(admin('PUT', `/api/v1/kept/${kind}`, RULE))
}

/**
 * Keeps planted values in every way there is: history of a crossing, a comment on it, samples made of it and of a text; reads
 * all of it once, and asks for what is refused. Answers the refusals and how many crossings are kept.
 */
export async function useKept(
  server: RunningServer,
  { token }: Caller,
  adminToken: string,
): Promise<{ refusals: readonly Answer[]; kept: number }> {
  const [admin, caller] = [sendAs(server, adminToken), sendAs(server, token)]
  await demand(admin('PUT', '/api/v1/principals/officer', OFFICER))
  const issued = await demand(admin('POST', '/api/v1/principals/officer/tokens', {}))
  const officer = sendAs(server, String(Object(JSON.parse(issued.body.toString()))['token']))
  const crossings = await readHistory(officer)
  for (const { crossing } of crossings) await officer('GET', `/api/v1/history/${crossing}?purpose=TREAT&form=restored`)
  const own = crossings.find(({ principal }) => principal === 'tester')?.crossing ?? ''
  const comment = { rating: 'down', reasonCode: 'incorrect', comment: NOTE }
  await demand(caller('POST', `/api/v1/crossings/${own}/feedback`, comment))
  await demand(officer('GET', '/api/v1/feedback?purpose=TREAT'))
  await demand(officer('PUT', SET))
  for (const sample of [{ text: NOTE }, { crossing: own }]) await demand(officer('POST', `${SET}/samples`, sample))
  await demand(officer('GET', `${SET}/export?purpose=TREAT`))
  const values = Object.values(CANARIES)
  const refusals = await Promise.all(
    values.flatMap((value) => [
      caller('POST', `/api/v1/crossings/${encodeURIComponent(value)}/feedback`, comment),
      caller('POST', `/api/v1/crossings/${own}/feedback`, { ...comment, reasonCode: value }),
      // With a blank: what an officer names a set is a name, whatever it looks like.
      officer('PUT', `/api/v1/evaluations/${encodeURIComponent(`${value} `)}`),
      officer('POST', `${SET}/samples`, { text: NOTE, [value]: value }),
      officer('GET', `/api/v1/history/${encodeURIComponent(value)}?purpose=${encodeURIComponent(value)}`),
      admin('PUT', '/api/v1/kept/history', { ...RULE, reason: value }),
    ]),
  )
  return { refusals, kept: crossings.length }
}

/** It is written behind the answer. */
async function readHistory(officer: Send): Promise<readonly { crossing: string; principal: string }[]> {
  for (let tries = 0; tries < 100; tries++) {
    const { body } = await demand(officer('GET', '/api/v1/history?purpose=TREAT&limit=100'))
    const { crossings }: { crossings: { crossing: string; principal: string }[] } = JSON.parse(body.toString())
    if (crossings.length > 3) return crossings
    await sleep(100)
  }
  throw new Error('no crossing was kept')
}
