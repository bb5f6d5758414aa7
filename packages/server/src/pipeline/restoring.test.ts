import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalKeyring } from '@breakwater/keys'
import { afterEach, describe, expect, onTestFinished } from 'vitest'
import { readPolicyFolder } from '../features/policy/index.ts'
import { createTestCrossing } from '../testing/crossing.ts'
import type { TestCrossing } from '../testing/crossing.ts'
import { test } from '../testing/database.ts'
import { tokensIn } from '../testing/tokens.ts'

const PATH = '/v1/chat/completions'
const NOTE = 'Patient: Maribel Quintanilla, MRN 4482913, phone (212) 555-0142, SSN 219-09-9999.'

let crossing: TestCrossing
afterEach(async () => crossing.close())

const admin = { tenant: 'default', id: 'admin' }

/** The shipped set with what applications may have put back written anew. */
async function restoreBy(...rules: readonly string[]): Promise<void> {
  const shipped = await readPolicyFolder()
  const { 'application-restores': _, ...policies } = shipped.policies
  const own = Object.fromEntries(rules.map((rule, index) => [`rule-${index}`, rule]))
  await crossing.app.services.policy.activate(admin, { ...shipped, policies: { ...policies, ...own } })
}

async function forbidRestoring(): Promise<void> {
  await crossing.app.services.principals.put(admin, {
    id: 'app',
    kind: 'service',
    roles: ['application'],
    purposes: ['TREAT'],
    defaultPurpose: 'TREAT',
    mayRestore: false,
  })
}

/** The model repeats what reached it. */
function echo(): void {
  crossing.upstream.answer(({ body }) => {
    const content = String(Object(body).messages.at(-1).content)
    const choice = { index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }
    return { kind: 'whole', document: { choices: [choice] } }
  })
}

async function say(content: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const body = { model: 'scripted', messages: [{ role: 'user', content }] }
  const answer = await crossing.send(PATH, body, headers)
  const document = Object(await answer.json())
  if (answer.status !== 200) throw new Error(String(document.error?.code))
  return String(document.choices[0].message.content)
}

function eventsOf(deltas: readonly object[]): string[] {
  const event = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
  return [...deltas.map((delta) => event(delta, null)), event({}, 'tool_calls'), 'data: [DONE]\n\n']
}

async function countsOf(at = -1): Promise<Readonly<Record<string, number>>> {
  return (await crossing.entries()).filter(({ kind }) => kind === 'crossing.outcome').at(at)?.counts ?? {}
}

describe('what is put back is permitted', () => {
  test('by class, purpose and caller, in the words of the policy set (GW-08)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    echo()
    const { services, tenant } = crossing.app
    const clerk = {
      roles: ['application'],
      purposes: ['TREAT', 'HPAYMT'],
      defaultPurpose: 'TREAT',
      mayRestore: true,
    } as const
    await services.principals.put(admin, { ...clerk, id: 'clerk', kind: 'service' })
    const { token } = await services.principals.issueToken(admin, 'clerk', { ttlSeconds: 3_600, isSeed: true })
    const permit = (id: string, purpose: string, classes: string): string =>
      `permit (principal == Principal::"${tenant}/${id}", action == Action::"restore", resource) when ` +
      `{ context.purpose == "${purpose}" && [${classes}].containsAll(context.classes) };`
    await restoreBy(
      permit('app', 'TREAT', '"NAME", "MRN"'),
      permit('app', 'HPAYMT', '"MRN", "SSN"'),
      permit('clerk', 'TREAT', '"PHONE"'),
    )
    const seen = async (headers: Readonly<Record<string, string>>): Promise<boolean[]> => {
      const said = await say(NOTE, headers)
      return ['Quintanilla', '4482913', '555-0142', '219-09-9999'].map((value) => said.includes(value))
    }
    expect(await seen({})).toEqual([true, true, false, false])
    expect(await countsOf()).toMatchObject({
      'token.restored.name': 2,
      'token.restored.mrn': 1,
      'token.restored': 3,
      'token.withheld.phone': 1,
      'token.withheld': 1,
    })
    expect(await seen({ 'breakwater-purpose': 'HPAYMT' })).toEqual([false, true, false, true])
    expect(await countsOf()).toMatchObject({ 'token.restored.ssn': 1, 'token.restored.mrn': 1, 'token.restored': 2 })
    expect(await seen({ authorization: `Bearer ${token}` })).toEqual([false, false, true, false])
    expect(await seen({ authorization: `Bearer ${token}`, 'breakwater-purpose': 'HPAYMT' })).toEqual([
      false,
      false,
      false,
      false,
    ])
    for (const { text } of crossing.upstream.received) expect(text).not.toMatch(/Quintanilla|4482913|0142|219-09/)
  })

  test('for social security numbers by nobody, as the set is shipped', async ({ db }) => {
    crossing = await createTestCrossing(db)
    echo()
    expect(await say(NOTE)).toContain('SSN [SSN]')
    expect(crossing.upstream.received[0]?.text).toContain('SSN [SSN]')
  })
})

describe('what a caller types in the shape of a token', () => {
  test('tells it nothing: the token of another conversation, caller or patient comes back as typed (GW-08)', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    echo()
    const asks: [string, Readonly<Record<string, string>>][] = [
      ['How is Mrs. Maribel Quintanilla?', { 'breakwater-conversation': 'one' }],
      ['How is Mrs. Maribel Quintanilla?', { 'breakwater-patient': 'p1' }],
    ]
    for (const [content, headers] of asks) await say(content, headers)
    const foreign = crossing.upstream.received.flatMap(({ text }) => tokensIn(text))
    expect(foreign).toHaveLength(4)
    for (const token of foreign) {
      expect(await say(`Who is ${token}?`, { 'breakwater-conversation': 'two' })).toBe(`Who is ${token}?`)
      expect(crossing.upstream.received.at(-1)?.text).not.toContain(token)
      // Nor with the value beside it, which would confirm a guess.
      const guess = `Is ${token} Mrs. Maribel Quintanilla?`
      expect(await say(guess, { 'breakwater-conversation': 'two' })).toBe(guess)
    }
  })

  test('is the value to a caller that may not read it: a history that holds tokens goes on with them', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    await forbidRestoring()
    echo()
    const messages = [{ role: 'user', content: 'How is Mrs. Maribel Quintanilla?' }]
    const first = Object(await (await crossing.send(PATH, { model: 'scripted', messages })).json())
    const { content } = first.choices[0].message
    messages.push({ role: 'assistant', content }, { role: 'user', content: 'And today?' })
    await crossing.send(PATH, { model: 'scripted', messages })
    const [, again] = crossing.upstream.received
    expect(new Set(tokensIn(again?.text ?? ''))).toEqual(new Set(tokensIn(String(content))))
  })
})

describe('after the key of tokens was rotated', () => {
  test('what a conversation holds under the one before is understood for a day, and no longer (GW-08)', async ({
    db,
  }) => {
    const dir = await mkdtemp(join(tmpdir(), 'breakwater-keys-'))
    onTestFinished(async () => rm(dir, { recursive: true }))
    const rotatedAt = new Date('2026-06-01T06:00:00Z')
    const keyring = await createLocalKeyring({ dir, clock: { now: () => rotatedAt } })
    crossing = await createTestCrossing(db, { keyring })
    const { app } = crossing
    const headers = { 'breakwater-conversation': 'c' }
    echo()
    await say('How is Mrs. Maribel Quintanilla?', headers)
    const old = tokensIn(crossing.upstream.received[0]?.text ?? '')
    await keyring.rotate('tokens')
    const at = (hours: number): void => app.clock.set(new Date(rotatedAt.getTime() + hours * 3_600_000).toISOString())
    at(23)
    // One that was still on its way when the key changed.
    crossing.upstream.answer({
      kind: 'whole',
      document: { choices: [{ index: 0, finish_reason: 'stop', message: { content: `About ${old[0]}.` } }] },
    })
    expect(await say('How is Mrs. Maribel Quintanilla?', headers)).toBe('About Maribel.')
    at(24)
    expect(await say('How is Mrs. Maribel Quintanilla?', headers)).toBe(`About ${old[0]}.`)
    expect((await countsOf())['token.unknown']).toBe(1)
  })
})

test('a history of tokens is understood for a day after the key was rotated, and no longer', async ({ db }) => {
  const dir = await mkdtemp(join(tmpdir(), 'breakwater-keys-'))
  onTestFinished(async () => rm(dir, { recursive: true }))
  const rotatedAt = new Date('2026-06-01T06:00:00Z')
  const keyring = await createLocalKeyring({ dir, clock: { now: () => rotatedAt } })
  crossing = await createTestCrossing(db, { keyring })
  await forbidRestoring()
  echo()
  const headers = { 'breakwater-conversation': 'c' }
  const first = await say('Mrs. Maribel Quintanilla', headers)
  await keyring.rotate('tokens')
  const seenAt = async (iso: string): Promise<string[]> => {
    crossing.app.clock.set(iso)
    await say(`${first} is Mrs. Maribel Quintanilla`, headers)
    return tokensIn(crossing.upstream.received.at(-1)?.text ?? '')
  }
  const during = await seenAt('2026-06-02T05:59:59Z')
  expect(during).toHaveLength(2)
  for (const token of tokensIn(first)) expect(during).not.toContain(token)
  const after = await seenAt('2026-06-02T06:00:00Z')
  expect(after.filter((token) => token.startsWith('LITERAL'))).toHaveLength(2)
})

describe('arguments of a tool that sends them on', () => {
  const tool = (name: string, properties: object): object => ({
    type: 'function',
    function: { name, parameters: { type: 'object', properties } },
  })
  const tools = [tool('look_up', { who: {} }), tool('send_note', { who: {} }), tool('open_page', { url: {} })]

  async function call(
    name: string,
    isStream: boolean,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    crossing.upstream.answer(({ text }) => {
      const [token = ''] = tokensIn(text)
      const pieces = ['{"who":', `"${token.slice(0, 7)}`, `${token.slice(7)}"}`]
      const begin = { index: 0, id: 'call_1', type: 'function', function: { name, arguments: '' } }
      const deltas = pieces.map((piece) => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] }))
      if (isStream) return { kind: 'stream', pieces: eventsOf([{ tool_calls: [begin] }, ...deltas]) }
      const whole = { ...begin, function: { arguments: pieces.join(''), name } }
      const choice = { index: 0, finish_reason: 'tool_calls', message: { content: null, tool_calls: [whole] } }
      return { kind: 'whole', document: { choices: [choice] } }
    })
    const messages = [{ role: 'user', content: 'Write to Mrs. Quintanilla.' }]
    const answer = await crossing.send(PATH, { model: 'scripted', stream: isStream, messages, tools }, headers)
    return answer.text()
  }

  test.for([false, true])('keep their tokens, and are counted (GW-08), streamed: %s', async (isStream, { db }) => {
    crossing = await createTestCrossing(db)
    expect(await call('look_up', isStream)).toContain('Quintanilla')
    for (const name of ['send_note', 'open_page', 'invented']) {
      expect(await call(name, isStream)).not.toContain('Quintanilla')
      expect(await countsOf()).toMatchObject({ 'token.withheld.name': 1, 'token.restored': 0 })
    }
    expect(await call('look_up', isStream, { 'breakwater-egress-tools': 'x, look_*' })).not.toContain('Quintanilla')
    const shipped = await readPolicyFolder()
    const rule = shipped.policies['application-restores']?.replace('mask:SSN', 'egress-tool:look_up, mask:SSN') ?? ''
    await restoreBy(rule)
    expect(await call('look_up', isStream)).not.toContain('Quintanilla')
  })

  test('are named in a header that holds names, and nothing else', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const headers = { 'breakwater-egress-tools': 'Mrs. Quintanilla' }
    const answer = await crossing.send(PATH, { model: 'scripted', messages: [{ role: 'user', content: 'a' }] }, headers)
    const text = await answer.text()
    expect(answer.status).toBe(400)
    expect(text).toContain('Breakwater-Egress-Tools')
    expect(text).not.toContain('Quintanilla')
  })
})
