import { AppError } from '@breakwater/kernel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAnswerGuard } from '../guard/channels.ts'
import { createRestoreTable } from '../guard/restorer.ts'
import { createTally } from '../guard/step.ts'
import { loadResidualScanner } from '../../startup/engine.ts'
import { scanResidual } from '../residual/scan-residual.ts'
import { EVERY_CLASS, sampleEngine, sampleKeyring } from '../test-parts.ts'
import { createTokenMaker } from '../tokens/scope.ts'
import { createTokenMap } from '../tokens/token-map.ts'
import type { TokenMap } from '../tokens/token-map.ts'
import { CHAT_REQUEST } from '../endpoints/chat-completions/request-shape.ts'
import { scanJson } from '../walk/scan-json.ts'
import { maskBody, outgoingTexts } from './mask-body.ts'

const scope = { tenant: 'acme', principal: 'app', conversation: 'c1', patient: undefined, opening: '' }
const newMap = (): TokenMap => createTokenMap(createTokenMaker(sampleKeyring, scope), new Set(['NAME']))
const nothingFound = { plan: (texts: readonly string[]) => texts.map(() => []) }
const detectors = { engine: nothingFound, scanner: await loadResidualScanner() }

async function mask(body: unknown, map = newMap()): Promise<{ text: string; map: TokenMap }> {
  const sent = typeof body === 'string' ? body : JSON.stringify(body)
  const { text } = await maskBody(sampleEngine, map, sent, scanJson(sent, { shape: CHAT_REQUEST, maxDepth: 64 }))
  return { text, map }
}

async function restore(map: TokenMap, text: string): Promise<string> {
  return createAnswerGuard(async () => [], createRestoreTable(map, EVERY_CLASS), createTally()).guardWhole(text)
}

async function codeOf(work: () => Promise<unknown>): Promise<{ code: string; field: string | undefined }> {
  try {
    await work()
  } catch (thrown) {
    if (thrown instanceof AppError) return { code: thrown.code, field: thrown.field }
  }
  throw new Error('nothing was refused')
}

const user = (content: unknown): unknown => ({ model: 'm', messages: [{ role: 'user', content }] })

describe('masking a body', () => {
  test.for([
    ['a name', 'About Dr. Zelda Quo', 'rn, who is well', /^, who is well$/],
    ['a number', 'mrn 77192', '84-01 is hers', /^ is hers$/],
    ['a word of its own', 'About Dr. Zelda Quorn', 'in two lines', /^ two lines$/],
  ] as const)('masks what goes on in the next part of a message: %s', async ([, one, two, left]) => {
    const parts = [one, two].map((text) => ({ type: 'text', text }))
    const { text, map } = await mask(user(parts))
    const [, second] = Object(JSON.parse(text)).messages[0].content
    expect(String(second.text).replace(/^LITERAL\w{12}/, '')).toMatch(left)
    expect(await restore(map, second.text)).toBe(two)
  })

  test('a guess of the models takes no value away for good: only what a rule calls a social security number', async () => {
    const record = user(JSON.stringify({ address: { postalCode: '98004' } }))
    for (const [sources, left] of [
      [['tagger.words'], /ZIP\w{12}/],
      [['ssn.labelled'], /\[SSN\]/],
    ] as const) {
      const ssn = { start: 0, end: 5, class: 'SSN', role: 'patient', score: 1, sources, operator: 'remove' } as const
      const engine = { plan: (texts: readonly string[]) => texts.map((text) => (text === '98004' ? [ssn] : [])) }
      const sent = JSON.stringify(record)
      const { text } = await maskBody(engine, newMap(), sent, scanJson(sent, { shape: CHAT_REQUEST, maxDepth: 64 }))
      expect(text).toMatch(left)
    }
  })

  test('what vendors name calls, items and files is no name of anybody to the second detector', async () => {
    const scanner = { scan: () => [{ start: 0, end: 2, rule: 'model', score: 9 }] } as const
    const scan = async (text: string): Promise<void> =>
      scanResidual({ engine: nothingFound, scanner }, newMap(), [{ text, field: '/input/3/id' }])
    for (const id of ['fc_1', 'call_abc', 'toolu_01A09q90', 'file-8PMdaVJn', 'msg_68d1']) await scan(id)
    for (const text of ['fc', 'quorn_1', 'fc_1 of Zelda'])
      expect(await codeOf(async () => scan(text))).toEqual({ code: 'residual.found', field: '/input/3/id' })
  })

  test('leaves a part alone that begins anew', async () => {
    for (const two of [' in two lines', 'Write two lines', '. Two lines', ''])
      expect(
        (
          await mask(
            user([
              { type: 'text', text: 'About Dr. Zelda Quorn' },
              { type: 'text', text: two },
            ]),
          )
        ).text,
      ).toContain(JSON.stringify({ type: 'text', text: two }))
  })

  test('reaches every string leaf: system, history, parts, tools, metadata, names, undeclared fields', async () => {
    const { text } = await mask({
      model: 'm',
      messages: [
        { role: 'system', content: 'About Dr. Zelda Quorn' },
        { role: 'user', name: 'zquorn', content: [{ type: 'text', text: 'reach zelda@example.org' }] },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"mrn":"1234567","n":12345678}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '[{"full_name":"Zelda Quorn","Quorn":1}]' },
      ],
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            description: 'for Zelda',
            parameters: { type: 'object', properties: { a: { type: 'string', description: 'or Quorn' } } },
          },
        },
      ],
      metadata: { note: 'Zelda' },
      user: 'u-17',
      prediction: { type: 'content', content: 'Zelda' },
      stop: ['Quorn'],
      invented: { deep: ['078-05-1120', 'Zelda'] },
    })
    for (const value of ['Zelda', 'Quorn', 'zquorn', 'example.org', '1234567', 'u-17', '078-05'])
      expect(text).not.toContain(value)
    expect(JSON.parse(text)).toMatchObject({ model: 'm', tools: [{ function: { parameters: { type: 'object' } } }] })
  })

  test('gives equal values equal tokens, part by part, in all messages and turns', async () => {
    const first = await mask(user('Dr. Zelda Quorn'))
    const second = await mask({
      model: 'm',
      messages: [
        { role: 'user', content: 'Dr. Zelda Quorn' },
        { role: 'assistant', content: 'Zelda?' },
      ],
    })
    const [given, family] = [first.map.tokenOf('NAME', 'Zelda'), first.map.tokenOf('NAME', 'Quorn')]
    expect(first.text).toContain(`Dr. ${given} ${family}`)
    expect(second.text).toContain(`Dr. ${given} ${family}`)
    expect(second.text).toContain(`${given}?`)
  })

  test('masks a word that was masked elsewhere, though no rule finds it there', async () => {
    expect(
      (await mask(user(['Mr. Vance called', 'Vance left'].map((text) => ({ type: 'text', text }))))).text,
    ).not.toContain('Vance')
  })

  test('masks by the name of a member what no rule could know: records of patients in tool results', async () => {
    const record = {
      resourceType: 'Patient',
      identifier: [{ type: { text: 'passport' }, value: 'X5363' }, { value: '078-05-1120' }],
      name: [{ family: 'Oak', given: ['Tib', 'Fen'] }],
      address: [{ line: ['9 By'], city: 'Lund', postalCode: 62704, position: { latitude: 38.37 } }],
      finding: { code: '44054006', display: 'Diabetes', line: 42, value: 7.2 },
    }
    const { text, map } = await mask({ model: 'm', messages: [{ role: 'tool', content: JSON.stringify(record) }] })
    for (const value of ['X5363', '078-05', 'Oak', 'Tib', 'Fen', '9 By', 'Lund', '62704', '38.37'])
      expect(text).not.toContain(value)
    const content = (JSON.parse(text) as { messages: [{ content: string }] }).messages[0].content
    expect(JSON.parse(content)).toMatchObject({ resourceType: 'Patient', finding: record.finding })
    expect(await restore(map, content)).toContain('"value":"[SSN]"')
    expect(await restore(map, content)).toContain('"given":["Tib","Fen"]')
    expect((await codeOf(() => mask({ model: 'm', messages: [], metadata: { zip: 62704 } }))).code).toBe(
      'body.number-identifies',
    )
  })

  test("masks the place of a patient's home, which FHIR writes as an extension of numbers", async () => {
    const record = {
      resourceType: 'Patient',
      extension: [
        { url: 'latitude', valueDecimal: 42.37528 },
        { url: 'longitude', valueDecimal: -71.164516 },
        { url: 'weight', valueDecimal: 71.5 },
      ],
    }
    const { text } = await mask({ model: 'm', messages: [{ role: 'tool', content: JSON.stringify(record) }] })
    expect(text).not.toMatch(/42\.37|71\.16/)
    expect(text).toMatch(/GEO\w{12}.*GEO\w{12}.*71\.5/)
  })

  test('keeps numbers, spacing and order as they were sent', async () => {
    const sent =
      '{ "temperature" : 1.0, "seed":12345678901234567890,\n"model":"m","messages":[{"role":"user","content":"\\u0041 b"}]}'
    expect((await mask(sent)).text).toBe(sent)
  })

  test('keeps a megabyte of tool results byte for byte when it holds nothing', async () => {
    const rows = Array.from({ length: 10_500 }, (_, row) => ({ row, text: 'no acute "finding"\n', ok: true }))
    const sent = JSON.stringify({
      model: 'm',
      messages: [{ role: 'tool', tool_call_id: 'c', content: JSON.stringify(rows, null, 1) }],
    })
    expect(sent.length).toBeGreaterThan(900_000)
    expect((await mask(sent)).text).toBe(sent)
  })

  test('makes text in the shape of a token a literal, which comes back as typed', async () => {
    const typed = newMap().tokenOf('NAME', 'Zelda')
    const { text, map } = await mask(user(`Zelda is ${typed.toLowerCase()}`))
    expect(text).not.toContain(typed.toLowerCase())
    expect(text).toContain('LITERAL')
    const masked = (JSON.parse(text) as { messages: [{ content: string }] }).messages[0].content
    expect(await restore(map, masked)).toBe(`Zelda is ${typed.toLowerCase()}`)
  })

  test('can be undone: restore(mask(x)) is x', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'Dr. Zelda Quorn',
        'Zelda',
        'zelda@example.org',
        '555-0142',
        "Mr. O'Brien",
        newMap().tokenOf('CITY', 'x'),
      ),
      fc.string({ unit: 'grapheme', maxLength: 10 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
        const content = pieces.join(' ')
        const { text, map } = await mask(user([{ type: 'text', text: content }]))
        const masked = (JSON.parse(text) as { messages: [{ content: [{ text: string }] }] }).messages[0].content[0].text
        expect(await restore(map, masked)).toBe(content)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a body is refused', () => {
  test.for([
    ['an image', 'body.media-refused', user([{ type: 'image_url', image_url: { url: 'x' } }])],
    ['audio', 'body.media-refused', user([{ type: 'input_audio', input_audio: {} }])],
    ['a file', 'body.media-refused', user([{ type: 'text', text: 'a', file: {} }])],
    ['media inside a text', 'body.media-refused', user('see data:image/png;base64,iVBORw0')],
    ['stored answers', 'body.feature-refused', { ...Object(user('a')), store: true }],
    ['log probabilities', 'body.feature-refused', { ...Object(user('a')), logprobs: true }],
    ['a second model for moderation', 'body.feature-refused', { ...Object(user('a')), moderation: { model: 'm' } }],
    ['a kept prompt', 'body.feature-refused', { ...Object(user('a')), prompt_cache_options: { ttl: '30m' } }],
    ['spoken answers', 'body.feature-refused', { ...Object(user('a')), modalities: ['text', 'audio'] }],
    ['hosted tools', 'body.feature-refused', { ...Object(user('a')), tools: [{ type: 'web_search' }] }],
    ['an unknown role', 'body.invalid', { model: 'm', messages: [{ role: 'root', content: 'a' }] }],
    ['a name that identifies', 'body.key-identifies', { ...Object(user('a')), metadata: { 'Zelda Quorn': 'x' } }],
    ['a number that identifies', 'body.number-identifies', { ...Object(user('a')), metadata: { n: 78051120 } }],
  ] as const)('that asks for %s', async ([, code, body]) => {
    expect((await codeOf(() => mask(body))).code).toBe(code)
  })

  test('with a pointer of declared names only', async () => {
    const body = { ...Object(user('a')), metadata: { Quorn: { n: 78051120 } } } as unknown
    expect(await codeOf(() => mask(body))).toEqual({ code: 'body.number-identifies', field: '/metadata/*/*' })
  })
})

describe('the residual scan', () => {
  const scan = async (text: string, map = newMap()): Promise<unknown> =>
    codeOf(async () => scanResidual(detectors, map, outgoingTexts(JSON.stringify(user(text)), CHAT_REQUEST, 64)))

  test.for([
    ['a social security number', 'id 078-05-1120 of'],
    ['an e-mail address', 'at a.b@example.org'],
    ['a telephone number', 'call (212) 555-0142'],
    ['a date', 'on 03/14/2024 she'],
    ['a date by name', 'on March 14, 2024'],
    ['a labelled record number', 'MRN: 1234567'],
    ['an encoded address', 'at a.b%40example.org'],
    ['an address in base64 behind a prefix', `at key-${Buffer.from('reach a.b@example.org').toString('base64url')}`],
    ['an address in hexadecimal', `at ${Buffer.from('a.b@example.org').toString('hex')}`],
    ['an address in base64 of base64', `at ${btoa(btoa('reach a.b@example.org'))}`],
    ['a base64 address', `at ${Buffer.from('a.b@example.org').toString('base64')}`],
  ] as const)('finds %s that masking left', async ([, text]) => {
    expect(await scan(text)).toEqual({ code: 'residual.found', field: '/messages/0/content' })
  })

  test('finds a masked value in clear and in encodings', async () => {
    for (const form of [
      'Quornish',
      'Quornish'
        .split('')
        .map((c) => `\\u00${c.charCodeAt(0).toString(16)}`)
        .join(''),
      Buffer.from('is Quornish').toString('base64'),
    ]) {
      const map = newMap()
      map.tokenOf('NAME', 'Quornish')
      expect(await scan(`then ${form} came`, map)).toMatchObject({ code: 'residual.found' })
    }
  })

  test('passes clinical numbers and its own tokens', async () => {
    const map = newMap()
    const texts = [
      'BP 120/80, HR 72, 3/6 murmur, L4-5, 10-15 mg, 1/2 tab, 98.6',
      map.tokenOf('PHONE', '555-0142'),
      'pO2 100-120-1',
      'HbA1c-level 7.2',
    ]
    for (const text of texts)
      await scanResidual(detectors, map, outgoingTexts(JSON.stringify(user(text)), CHAT_REQUEST, 64))
  })
})
