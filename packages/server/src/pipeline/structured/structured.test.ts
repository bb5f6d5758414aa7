import { afterEach, describe, expect } from 'vitest'
import { COLUMNS } from '../peers/protocols.ts'
import type { Protocol } from '../peers/protocols.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'
import { test } from '../../testing/database.ts'
import { tokensIn } from '../../testing/tokens.ts'
import { readDateOrder, toIsoDate } from './dates.ts'
import { relaxBody, relaxSchema } from './schemas.ts'

let world: PeersWorld | undefined
afterEach(async () => world?.crossing.close())

const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['who', 'born', 'mrn'],
  properties: {
    who: { type: 'string', maxLength: 20 },
    born: { type: 'string', format: 'date' },
    mrn: { type: 'string', pattern: '^\\d{7}$' },
    format: { type: 'string', enum: ['short'] },
  },
}

/** The field by which a protocol asks for a form. */
function formatOf({ name }: Protocol, schema: object): Readonly<Record<string, unknown>> {
  const json = { name: 'patient', strict: true, schema }
  if (name === 'chat completions') return { response_format: { type: 'json_schema', json_schema: json } }
  if (name === 'responses') return { text: { format: { type: 'json_schema', ...json } } }
  return { output_config: { format: { type: 'json_schema', schema } } }
}

/** The same for the arguments of a tool. */
function toolOf({ name }: Protocol, schema: object, strict: boolean): Readonly<Record<string, unknown>> {
  const tool = { name: 'look_up', ...(strict && { strict }) }
  if (name === 'chat completions') return { tools: [{ type: 'function', function: { ...tool, parameters: schema } }] }
  if (name === 'responses') return { tools: [{ type: 'function', ...tool, parameters: schema }] }
  return { tools: [{ ...tool, input_schema: schema }] }
}

const USER = 'Patient: Mrs. Quintanilla, born 03/14/1961, MRN 4482913.'

function fill(body: string): { who: string; born: string; mrn: string } {
  const find = (word: string): string => tokensIn(body).find((token) => token.startsWith(word)) ?? ''
  return { who: find('NAME'), born: find('DATE'), mrn: find('RECORD') }
}

describe.each(COLUMNS)('structured output of %s', (_, protocol, isStream) => {
  test('leaves with a schema that tokens fulfil, and comes back as the caller asked for it (GW-08)', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    world.answer((body) => ({ content: JSON.stringify(fill(body)) }))
    const { content = '' } = await world.ask({ user: USER, more: formatOf(protocol, SCHEMA) })
    expect(JSON.parse(content)).toEqual({ who: 'Quintanilla', born: '1961-03-14', mrn: '4482913' })
    expect(world.received[0]).not.toMatch(/"pattern"|maxLength|"format":"date"/)
    expect(world.received[0]).toContain('"enum":["short"]')
  })

  test('keeps its schema to the letter when nothing was masked', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    const schema = { type: 'object', properties: { colour: { type: 'string', pattern: '^[a-z]+$' } } }
    world.answer(() => ({ content: '{"colour":"blue"}' }))
    const { content } = await world.ask({ user: 'Name a colour.', more: formatOf(protocol, schema) })
    expect(world.received[0]).toContain(JSON.stringify(schema))
    expect(content).toBe('{"colour":"blue"}')
  })

  test.for([
    ['a member that nobody declared', { extra: 1 }],
    ['a value of another type', { who: 7 }],
    ['a number that is none', { mrn: 'no number' }],
    ['an identifier that the model brought and that was removed', { mrn: '219-09-9999' }],
  ] as const)('with %s is not released as if it were sound', async ([, change], { db }) => {
    world = await openWorld(db, protocol, isStream)
    world.answer((body) => ({ content: JSON.stringify({ ...fill(body), ...change }) }))
    const { status, text } = await world.send({ user: USER, more: formatOf(protocol, SCHEMA) })
    expect(status).toBe(isStream ? 200 : 502)
    expect(text).toContain('guard.output-invalid')
    expect(text).not.toContain('219-09')
    expect((await world.outcome()).codes).toContain('guard.output-invalid')
  })

  test('with tokens that its caller may not read is held to the schema that the model had', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    await world.crossing.app.services.principals.put(
      { tenant: 'default', id: 'admin' },
      {
        id: 'app',
        kind: 'service',
        roles: ['application'],
        purposes: ['TREAT'],
        defaultPurpose: 'TREAT',
        mayRestore: false,
      },
    )
    world.answer((body) => ({ content: JSON.stringify(fill(body)) }))
    const { content = '' } = await world.ask({ user: USER, more: formatOf(protocol, SCHEMA) })
    expect(JSON.parse(content)).toEqual(fill(world.received[0] ?? ''))
  })

  test.for([
    ['refers elsewhere', { $ref: 'https://example.org/schema' }],
    ['has a pattern that takes for ever', { type: 'string', pattern: '^(a+)+$' }],
    ['has a pattern that is none', { type: 'string', pattern: '(' }],
  ] as const)('is refused when its schema %s', async ([, schema], { db }) => {
    world = await openWorld(db, protocol, isStream)
    const { status, text } = await world.send({
      user: USER,
      more: formatOf(protocol, { ...SCHEMA, properties: { who: schema } }),
    })
    expect([status, world.received]).toEqual([400, []])
    expect(text).toContain('body.invalid')
  })
})

/** By its keyword: what a schema demands of a value that the caller sent, what the model says, and what comes back. */
const DEMANDS: readonly (readonly [string, object, string, unknown])[] = [
  ['format: date', { type: 'string', format: 'date' }, 'DATE', '1961-03-14'],
  ['format: email', { type: 'string', format: 'email' }, 'EMAIL', 'jane.q@example.org'],
  ['pattern of a number', { type: 'string', pattern: '^\\d{7}$' }, 'RECORD', '4482913'],
  ['pattern of E.164', { type: 'string', pattern: '^\\+1\\d{10}$' }, 'PHONE', '+12125550142'],
  ['pattern with hyphens', { type: 'string', pattern: '^\\d{3}-\\d{3}-\\d{4}$' }, 'PHONE', '212-555-0142'],
  ['minLength, maxLength', { type: 'string', minLength: 2, maxLength: 12 }, 'NAME', 'Quintanilla'],
  ['enum', { type: 'string', enum: ['Quintanilla', 'nobody'] }, 'NAME', 'Quintanilla'],
  ['const', { const: 'Quintanilla' }, 'NAME', 'Quintanilla'],
  ['string | null', { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] }, 'DATE', '1961-03-14'],
  ['a list', { type: 'array', items: { type: 'string', format: 'date' } }, 'DATE', ['1961-03-14', '1961-03-14']],
  ['$ref', { $ref: '#/$defs/short' }, 'NAME', 'Quintanilla'],
]
const ASKED = 'Patient: Mrs. Quintanilla, born 03/14/1961, MRN 4482913, phone (212) 555-0142, mail jane.q@example.org.'
const schemaOf = (value: object, name = 'value'): object => ({
  type: 'object',
  additionalProperties: false,
  required: [name],
  properties: { [name]: value },
  $defs: { short: { type: 'string', maxLength: 12 } },
})
const sayFor =
  (word: string, expected: unknown, name = 'value') =>
  (body: string): string => {
    const token = tokensIn(body).find((found) => found.startsWith(word)) ?? ''
    return JSON.stringify({ [name]: Array.isArray(expected) ? expected.map(() => token) : token })
  }

describe.each(COLUMNS)('each keyword of %s', (_, protocol, isStream) => {
  test('lets a token through to the provider, and the caller has what it demands (GW-08)', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    for (const [keyword, value, word, expected] of DEMANDS) {
      const say = sayFor(word, expected)
      world.answer((body) => ({ content: say(body) }))
      const { content = '' } = await world.ask({ user: ASKED, more: formatOf(protocol, schemaOf(value)) })
      expect(JSON.parse(content), keyword).toEqual({ value: expected })
      expect(world.received.at(-1), keyword).not.toMatch(/"pattern"|Length"|"format":"/)
    }
  })

  test.for([true, false])('does the same for the arguments of a tool, strict: %s', async (isStrict, { db }) => {
    world = await openWorld(db, protocol, isStream)
    for (const [keyword, value, word, expected] of DEMANDS) {
      const say = sayFor(word, expected)
      world.answer((body) => ({ call: { name: 'look_up', args: say(body) } }))
      const { call } = await world.ask({ user: ASKED, more: toolOf(protocol, schemaOf(value), isStrict) })
      expect(JSON.parse(call?.args ?? ''), keyword).toEqual({ value: expected })
      expect(world.received.at(-1), keyword).not.toMatch(/"pattern"|Length"|"format":"/)
    }
  })

  test('an identifier that is demanded as a number goes as a token and comes back as a number (GW-08)', async ({
    db,
  }) => {
    world = await openWorld(db, protocol, isStream)
    const schema = schemaOf({ type: 'integer', minimum: 1 }, 'mrn')
    const say = sayFor('RECORD', '', 'mrn')
    world.answer((body) => ({ content: say(body) }))
    const { content = '' } = await world.ask({ user: ASKED, more: formatOf(protocol, schema) })
    expect(JSON.parse(content)).toEqual({ mrn: 4482913 })
    expect(world.received[0]).toContain('"type":["integer","string"]')
    world.answer((body) => ({ call: { name: 'look_up', args: say(body) } }))
    const { call } = await world.ask({ user: ASKED, more: toolOf(protocol, schema, false) })
    expect(JSON.parse(call?.args ?? '')).toEqual({ mrn: 4482913 })
  })

  test('a date that can be read in two ways is read as the dates beside it are written (GW-08)', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    const schema = schemaOf({ type: 'string', format: 'date' }, 'born')
    world.answer((body) => ({
      content: JSON.stringify({ born: tokensIn(body).find((found) => found.startsWith('DATE')) }),
    }))
    const ask = async (seen: string): Promise<string> =>
      (await world?.send({ user: `Patient born 03/04/1961, seen ${seen}.`, more: formatOf(protocol, schema) }))?.text ??
      ''
    expect(await ask('05/21/2020')).toContain('1961-03-04')
    expect(await ask('21/05/2020')).toContain('1961-04-03')
    expect(await ask('2020-05-21')).toContain('guard.output-invalid')
  })

  test('a number that the model brings in the place of an identifier is none (GW-08)', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    world.answer(() => ({ call: { name: 'look_up', args: '{"mrn":88213,"dose":88213,"zip":[10023,2.5]}' } }))
    const { call } = await world.ask({ user: ASKED, more: toolOf(protocol, { type: 'object' }, false) })
    expect(JSON.parse(call?.args ?? '')).toEqual({ mrn: null, dose: 88213, zip: [null, 2.5] })
  })
})

describe('a schema for tokens', () => {
  test('loses what constrains the text of strings, wherever that stands, and nothing else', () => {
    const schema = {
      $defs: { a: { type: 'string', minLength: 3 } },
      properties: {
        pattern: { type: 'string', pattern: 'x' },
        format: { anyOf: [{ format: 'date', description: 'When.' }, { const: 'x' }] },
        mrn: { type: 'integer' },
        dose: { type: 'integer' },
      },
      items: [{ maxLength: 1, maxItems: 2 }],
      additionalProperties: { if: { pattern: 'y' }, enum: ['pattern'] },
    }
    expect(relaxSchema(schema)).toEqual({
      $defs: { a: { type: 'string' } },
      properties: {
        pattern: { type: 'string' },
        format: { anyOf: [{ description: 'When. Format: date.' }, { const: 'x' }] },
        mrn: { type: ['integer', 'string'] },
        dose: { type: 'integer' },
      },
      items: [{ maxItems: 2 }],
      additionalProperties: { if: {}, enum: ['pattern'] },
    })
  })

  test('is put into a body whose numbers keep their spelling', () => {
    const schema = '{"type":"string","pattern":"x"}'
    const body = (inner: string): string =>
      `{"temperature":1.0,"seed":12345678901234567890,"tools":[{"type":"function","function":{"name":"t","strict":true,"parameters":${inner}}}]}`
    expect(relaxBody(body(schema))).toBe(body('{"type":"string"}'))
  })
})

test.for([
  [['21/05/2020', '03/04/1961'], 'day'],
  [['05/21/2020', '03/04/1961'], 'month'],
  [['05/21/2020', '21/05/2020'], undefined],
  [['03/04/1961', '2020-05-21', '5/21/20'], undefined],
] as const)('dates written as in %s begin with the %s', ([surfaces, expected]) => {
  expect(readDateOrder(surfaces)).toBe(expected)
})

test.for([
  ['1961-03-14', '1961-03-14'],
  ['03/14/1961', '1961-03-14'],
  ['14.3.1961', '1961-03-14'],
  ['March 14th, 1961', '1961-03-14'],
  ['14 Mar 1961', '1961-03-14'],
  ['03/03/1961', '1961-03-03'],
  ['03/04/1961', undefined],
  ['02/30/1961', undefined],
  ['3/14/61', undefined],
  ['tomorrow', undefined],
] as const)('%s as a date of ISO 8601: %s', ([surface, expected]) => {
  expect(toIsoDate(surface)).toBe(expected)
})
