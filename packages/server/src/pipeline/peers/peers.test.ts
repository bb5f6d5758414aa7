import { afterEach, describe, expect } from 'vitest'
import { loadTextEngine } from '../../startup/engine.ts'
import { test } from '../../testing/database.ts'
import { tokensIn, withoutTokens } from '../../testing/tokens.ts'
import { COLUMNS } from './protocols.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'

// What broke in other gateways, row by row, on every endpoint and in both modes: `L` is BerriAI/litellm. Each title begins with
// the row's number. Rows that stand elsewhere: 2 in turns, 1 and 14 in failclosed, 7 and 16 in split, 20 and 21 also in
// tests/sinks, 22 in the tests of authentication, 24 in the soak of the gateway's bench.
let world: PeersWorld
afterEach(async () => world.crossing.close())

const ABOUT = 'Patient: Mrs. Maribel Quintanilla, MRN 4482913, phone (212) 555-0142.'
const VALUES = ['Maribel', 'Quintanilla', '4482913', '555-0142']
const echo = (body: string): { content: string } => ({ content: `About ${tokensIn(body).join(' and ')}.` })

function expectMasked(): void {
  for (const body of world.received) for (const value of VALUES) expect(body).not.toContain(value)
}

describe.each(COLUMNS)('%s', (_, protocol, isStream) => {
  test('3 L#31959: two patients in 20 crossings at once are never mixed up', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    world.answer(echo)
    const names = Array.from({ length: 20 }, (__, at) => ['Quintanilla', 'Lindqvist'][at % 2] ?? '')
    const said = await Promise.all(
      names.map(async (name) => world.ask({ user: `How is Mrs. ${name}?` }, { 'breakwater-patient': name })),
    )
    for (const [at, name] of names.entries()) expect(said[at]?.content).toBe(`About ${name}.`)
    const tokens = world.received.map((body) => tokensIn(body).join())
    expect(new Set(tokens).size).toBe(2)
  })

  test('4 L#23037, 15 llm-guard#82: astral and combining characters, blanks and breaks come back as they were', async ({
    db,
  }) => {
    world = await openWorld(db, protocol, isStream, { size: 5 })
    const user = '😀👩‍⚕️ For Mrs. Zo\u00eb A\u030angstro\u0308m:\r\n\t“see” (212) 555-0142 — 永田 🇩🇪\n\n done.'
    world.answer((body) => ({ content: String(protocol.name && textOf(body)) }))
    expect(await world.ask({ user })).toMatchObject({ content: user })
    expect(world.received[0]).not.toMatch(/ngstro|555-0142/)
  })

  test('5 L#19950: a token of another conversation stays one, and is counted', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    world.answer(echo)
    await world.ask({ user: ABOUT }, { 'breakwater-conversation': 'a' })
    const [foreign = ''] = tokensIn(world.received[0] ?? '')
    world.answer(() => ({ content: `It is ${foreign}.` }))
    expect(await world.ask({ user: ABOUT }, { 'breakwater-conversation': 'b' })).toEqual({
      content: `It is ${foreign}.`,
    })
    expect((await world.outcome()).counts['token.unknown']).toBe(1)
  })

  test('6 L#28316: what is put back is not looked at again', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    world.answer((body) => ({
      content: `Call ${tokensIn(body).find((token) => token.startsWith('PHONE')) ?? ''} now.`,
    }))
    expect(await world.ask({ user: ABOUT })).toEqual({ content: 'Call (212) 555-0142 now.' })
  })

  test('8 L#31063, 26 agentgateway: what no version of the protocol knows ends in its error, not on its way out', async ({
    db,
  }) => {
    world = await openWorld(db, protocol, isStream)
    world.answer(() => (isStream ? protocol.strangeEvent : '{"surprise":"Zelda Quintanilla"}'))
    const { text } = await world.send({ user: ABOUT })
    expect(text).not.toMatch(/surprise|Quintanilla/)
    expect((await world.outcome()).codes).toContain('provider.invalid-answer')
  })

  test('9 L#21949: bytes that are no text are refused; clinical terms are not masked', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    const { crossing } = world
    const bytes = Buffer.concat([Buffer.from('{"model":"scripted","x":"'), Buffer.from([0xff, 0xfe, 0x00, 0x80])])
    expect((await crossing.send(protocol.path, new Uint8Array(bytes))).status).toBe(400)
    expect(world.received).toEqual([])
    const user = 'C4 and C5 complement, S3 gallop, EKG fine, T2 lesion, vitamin D3, HbA1c 7.2, 5 mg, BP 120/80.'
    await world.ask({ user })
    expect(world.received[0]).toContain(user)
  })

  test('10 L#5758, Portkey: nothing that a client sends weakens what is done to it', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    const off = { guardrails: [], masking: false, no_log: true, metadata: { guardrails: 'off' } }
    const headers = {
      'x-portkey-config': '{}',
      'x-guardrails': 'none',
      'breakwater-masking': 'off',
      'breakwater-restore': 'all',
    }
    const { status } = await world.send(
      { user: ABOUT, more: protocol.name === 'messages' ? { masking: false } : off },
      headers,
    )
    expect(status === 200 || world.received.length === 0).toBe(true)
    await world.ask({ user: ABOUT }, headers)
    expectMasked()
  })

  test('12 mastra#23783: what the ledger counts is what became of the answer', async ({ db }) => {
    world = await openWorld(db, protocol, isStream, { size: 7 })
    world.answer(() => ({ content: 'His SSN is 219-09-9999, and that is all.' }))
    expect((await world.ask({ user: ABOUT })).content).toBe('His SSN is [SSN], and that is all.')
    expect((await world.outcome()).counts).toMatchObject({ 'removed.ssn': 1, 'token.restored': 0 })
  })

  test('13 aisix#204, 25 Portkey: system part, history and tools are masked, and what they brought comes back', async ({
    db,
  }) => {
    world = await openWorld(db, protocol, isStream)
    world.answer(echo)
    const { content = '' } = await world.ask({
      system: 'You help Mrs. Quintanilla.',
      history: ['Hello, I am Mrs. Maribel Quintanilla.', 'Hello Mrs. Quintanilla, MRN 4482913.'],
      user: 'My phone is (212) 555-0142.',
      tool: { name: 'look_up', description: 'Looks up Mrs. Quintanilla.' },
    })
    expectMasked()
    for (const value of VALUES) expect(content).toContain(value)
  })

  test('17 klai#1128: identifiers that overlap leave no end of one behind', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    const values = ['DE89370400440532013000', 'jane.quintanilla@example.org', '212-555-0142', '4111 1111 1111 1111']
    await world.ask({
      user: `IBAN ${values[0]}, mail ${values[1]}, phone ${values[2]} ext 77, card ${values[3]}; MRN 4482913-${values[2]}`,
    })
    expect(withoutTokens(world.received[0] ?? '')).not.toMatch(
      /8937|0440|quintanilla|example\.org|555|0142|4111|4482913/,
    )
  })

  test('18 CosyRedactGateway#2: arguments with quotes, backslashes and breaks stay JSON, 28 as do names', async ({
    db,
  }) => {
    world = await openWorld(db, protocol, isStream, { size: 4 })
    const name = 'Maribel "Mari\\bel" Quintanilla'
    world.answer((body) => ({
      call: { name: 'look_up', args: JSON.stringify({ who: tokensIn(body).join(' '), q: 'a"b\\c\n' }) },
    }))
    const { call } = await world.ask({ user: `Patient: Mrs. ${name}, MRN 4482913.`, tool: { name: 'look_up' } })
    expect(JSON.parse(call?.args ?? '')).toMatchObject({ q: 'a"b\\c\n' })
    expect(call?.args).toContain('4482913')
  })

  test('19 Switchyard#704: a value is found however its JSON spells it', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    const body = JSON.stringify(protocol.request({ user: ABOUT }, isStream)).replaceAll(
      'Quintanilla',
      '\\u0051uint\\u0061nilla',
    )
    const { status } = await world.crossing.send(protocol.path, body)
    expect(status).toBe(200)
    expect(JSON.stringify(JSON.parse(world.received[0] ?? ''))).not.toContain('Quintanilla')
  })

  test('20 L#20240, 21 L#39385: no log and no entry holds a value, whatever becomes of the crossing', async ({
    db,
  }) => {
    world = await openWorld(db, protocol, isStream)
    const { app } = world.crossing
    for (const said of [{ content: ABOUT }, '{"error":{"message":"about Quintanilla"}}', `data: {"oops ${ABOUT}\n\n`]) {
      world.answer(() => said)
      await world.send({ user: ABOUT })
    }
    await world.send({ user: ABOUT }, { 'breakwater-purpose': 'Quintanilla' })
    const written = JSON.stringify([app.logged, await app.readLedger()])
    for (const secret of [...VALUES, app.tokens.app]) expect(written).not.toContain(secret)
  })

  test('22 CVE-2026-42208, CVE-2026-35030: no part of a credential and no SQL in one is a credential', async ({
    db,
  }) => {
    world = await openWorld(db, protocol, isStream)
    const { app } = world.crossing
    for (const token of [
      app.tokens.app.slice(0, -1),
      `${app.tokens.app}x`,
      "' or 1=1 --",
      app.tokens.app.slice(0, 16),
    ]) {
      expect((await world.send({ user: ABOUT }, { authorization: `Bearer ${token}` })).status).toBe(401)
    }
    expect(world.received).toEqual([])
  })

  test('23 bifrost#7323: files and addresses named by a caller are not fetched', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    const parts = [
      { type: 'image_url', image_url: { url: 'http://169.254.169.254/' } },
      { type: 'input_file', file_id: 'file-1' },
    ]
    for (const part of parts) {
      const request = protocol.request({ user: 'x' }, isStream)
      const turn = { role: 'user', content: [part] }
      const body = 'input' in request ? { ...request, input: [turn] } : { ...request, messages: [turn] }
      expect((await world.crossing.send(protocol.path, body)).status).toBeGreaterThanOrEqual(400)
    }
    expect(world.received).toEqual([])
  })

  test('26 agentgateway: a value is removed wherever in a long answer it stands', async ({ db }) => {
    world = await openWorld(db, protocol, isStream, { size: 40 })
    const filler = 'The plan goes on as before and nothing has changed since. '.repeat(30)
    world.answer(() => ({ content: `${filler}219-09-9999 ${filler}219-09-9999` }))
    expect((await world.ask({ user: ABOUT })).content).not.toContain('219-09')
    expect((await world.outcome()).counts['removed.ssn']).toBe(2)
  })

  test('27 phi-redactor: a real name that reads like what stands for one does not become a patient', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    world.answer((body) => ({ content: `${tokensIn(body).join(' ')} met [NAME] and NAME and Dr. James Wilson.` }))
    expect((await world.ask({ user: 'About Mrs. Quintanilla.' })).content).toMatch(
      /^Quintanilla met \[NAME\] and NAME and/,
    )
    expect((await world.outcome()).counts['token.restored']).toBe(1)
  })

  test('29 anonproxy: tokens come back re-cased, in bold, in back-ticks, wrapped', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    world.answer((body) => {
      const [token = ''] = tokensIn(body)
      return {
        content: `**${token}**, \`${token.toLowerCase()}\`, ${token}'s, ${token.slice(0, 8)}\n${token.slice(8)}, done.`,
      }
    })
    const { content } = await world.ask({ user: 'About Mrs. Quintanilla.' })
    expect(content).toBe("**Quintanilla**, `Quintanilla`, Quintanilla's, Quintanilla, done.")
  })
})

/** The last text of a body that a caller wrote. */
function textOf(body: string): string {
  const { messages, input } = Object(JSON.parse(body))
  return String((messages ?? input).at(-1).content)
}

test('11 Portkey#891: a detector that is set up wrongly does not start', async ({ db }) => {
  world = await openWorld(db, COLUMNS[0]?.[1] ?? expect.fail(), false)
  await expect(loadTextEngine('not a lexicon')).rejects.toMatchObject({ code: 'config.invalid' })
})

test('25 Portkey: every choice of an answer is guarded, not the first one alone', async ({ db }) => {
  const [, protocol] = COLUMNS[0] ?? expect.fail()
  world = await openWorld(db, protocol, false)
  world.answer((body) => {
    const said = `${tokensIn(body)[0] ?? ''}, 219-09-9999`
    const choices = [0, 1].map((index) => ({
      index,
      finish_reason: 'stop',
      message: { role: 'assistant', content: said },
    }))
    return JSON.stringify({ choices })
  })
  const { text } = await world.send({ user: 'About Mrs. Quintanilla.', more: { n: 2 } })
  expect(Object(JSON.parse(text)).choices.map((choice: unknown) => Object(choice).message.content)).toEqual([
    'Quintanilla, [SSN]',
    'Quintanilla, [SSN]',
  ])
})

test('18 a megabyte of results of tools comes through unbroken', async ({ db }) => {
  const [, protocol] = COLUMNS[0] ?? expect.fail()
  world = await openWorld(db, protocol, false)
  const rows = Array.from({ length: 6_000 }, (_, row) => ({
    row,
    text: 'no acute "finding"\n',
    who: 'Mrs. Quintanilla',
  }))
  const request = {
    ...protocol.request({ user: 'x' }, false),
    messages: [{ role: 'tool', tool_call_id: 'c', content: JSON.stringify(rows) }],
  }
  expect((await world.crossing.send(protocol.path, request)).status).toBe(200)
  const sent = Object(JSON.parse(world.received[0] ?? ''))
  const results: unknown[] = JSON.parse(sent.messages.at(-1).content)
  expect(results).toHaveLength(rows.length)
  expect(world.received[0]).not.toContain('Quintanilla')
})
