import type { MinimumRules } from '@breakwater/contract'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHAT_COMPLETIONS, ENDPOINT_SPECS } from '../endpoints/index.ts'
import { createTrimTally } from './tally.ts'
import type { TrimTally } from './tally.ts'
import { trimBody, trimRecords } from './trim-body.ts'

const NOW = new Date('2026-06-01T12:00:00.000Z')

const RULES: MinimumRules = {
  resources: {
    Patient: { fields: ['/gender', '/birthDate', '/name/use', '/contained'] },
    Observation: { fields: ['/id', '/status', '/code/coding/code', '/value*'], lookBackDays: 365, maxCount: 2 },
    Condition: { fields: ['/*'] },
  },
  records: [
    {
      name: 'lab-row',
      members: ['patient_id', 'result'],
      fields: ['/result'],
      lookBackDays: 30,
      dateFields: ['/taken'],
    },
  ],
  otherResources: 'remove',
  otherObjects: 'remove',
}

const trim = (text: string, rules: Partial<MinimumRules> = {}, tally: TrimTally = createTrimTally()): string =>
  trimRecords(text, { ...RULES, ...rules }, NOW, tally)
const trimJson = (value: unknown, rules: Partial<MinimumRules> = {}): unknown =>
  JSON.parse(trim(JSON.stringify(value), rules))

const observation = (id: string, date: string, more: object = {}): object => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  effectiveDateTime: date,
  performer: [{ display: 'Dr. Quorn' }],
  ...more,
})

describe('trimming of FHIR resources (GW-07)', () => {
  test('keeps what the policy names of a type, and nothing else of it (GW-07)', () => {
    const patient = {
      resourceType: 'Patient',
      id: 'p1',
      text: { status: 'generated', div: '<div>Zelda Quorn</div>' },
      name: [{ use: 'official', family: 'Quorn', given: ['Zelda'] }],
      gender: 'female',
      birthDate: '1961-03-14',
      address: [{ city: 'Boston' }],
    }
    expect(trimJson(patient)).toEqual({
      resourceType: 'Patient',
      name: [{ use: 'official' }],
      gender: 'female',
      birthDate: '1961-03-14',
    })
  })

  test('numbers, spelling and order of what stays are as they were sent (GW-07)', () => {
    const text =
      '{ "resourceType":"Observation" , "id":"a", "performer":[1],\n "valueQuantity": {"value": 1.50e0, "unit":"m\\u0067"},"effectiveDateTime":"2026-05-01" }'
    expect(trim(text)).toBe(
      '{ "resourceType":"Observation" , "id":"a",\n "valueQuantity": {"value": 1.50e0, "unit":"m\\u0067"},"effectiveDateTime":"2026-05-01" }',
    )
  })

  test('what lies before the look-back is absent, also what says no date or a vague one (GW-07)', () => {
    const old = [
      observation('old', '2025-05-31'),
      observation('older', '2019-01-01T10:00:00Z'),
      observation('vague', '2025'),
      { resourceType: 'Observation', id: 'undated', status: 'final' },
      observation('odd', 'long ago'),
    ]
    expect(trimJson([...old, observation('new', '2025-06-02')])).toEqual([
      { resourceType: 'Observation', id: 'new', status: 'final', effectiveDateTime: '2025-06-02' },
    ])
  })

  test('of more records than may leave the newest do, over the request as a whole (GW-07)', () => {
    const text = `First: ${JSON.stringify([observation('a', '2026-01-01'), observation('b', '2026-03-01')])}, then ${JSON.stringify(observation('c', '2026-02-01'))}`
    const left = trim(text)
    expect(left).not.toContain('"a"')
    expect(left).toContain('"b"')
    expect(left).toContain('"c"')
  })

  test('a Bundle loses entries, and its total, links and ids say nothing of them (GW-07)', () => {
    const bundle = {
      resourceType: 'Bundle',
      id: 'search',
      type: 'searchset',
      total: 3,
      link: [{ relation: 'next', url: 'https://fhir.example.org/Observation?name=Quorn' }],
      entry: [
        {
          fullUrl: 'urn:uuid:1',
          resource: { resourceType: 'Patient', id: 'p', gender: 'male' },
          search: { mode: 'include' },
        },
        { fullUrl: 'urn:uuid:2', resource: observation('a', '2026-01-01'), search: { mode: 'match' } },
        { fullUrl: 'urn:uuid:3', resource: observation('b', '2001-01-01'), search: { mode: 'match' } },
        { fullUrl: 'urn:uuid:4', resource: { resourceType: 'Coverage', id: 'c' } },
        { request: { method: 'GET', url: 'Patient?name=Quorn' } },
      ],
    }
    expect(trimJson(bundle)).toEqual({
      resourceType: 'Bundle',
      type: 'searchset',
      total: 1,
      entry: [
        { resource: { resourceType: 'Patient', gender: 'male' }, search: { mode: 'include' } },
        {
          fullUrl: 'urn:uuid:2',
          resource: { resourceType: 'Observation', id: 'a', status: 'final', effectiveDateTime: '2026-01-01' },
          search: { mode: 'match' },
        },
      ],
    })
  })

  test('contained resources and those in a wrapper obey the rule of their own type (GW-07)', () => {
    const patient = {
      resourceType: 'Patient',
      gender: 'male',
      contained: [
        { resourceType: 'Organization', name: 'Acme' },
        { resourceType: 'Condition', id: 'x', code: { text: 'y' } },
      ],
    }
    expect(trimJson({ caller: 'Quorn', data: { patient, note: 'Zelda' } })).toEqual({
      data: {
        patient: {
          resourceType: 'Patient',
          gender: 'male',
          contained: [{ resourceType: 'Condition', id: 'x', code: { text: 'y' } }],
        },
      },
    })
  })

  test('of an object that no policy names nothing stays but records: no name or empty list beside them (GW-07)', () => {
    const kept = observation('new', '2026-05-05')
    const old = observation('old', '2020-01-01')
    const rows = { rows: ['Mara Quorn', kept, 7, [], {}], others: [[], [old]] }
    const left = {
      rows: [{ resourceType: 'Observation', id: 'new', status: 'final', effectiveDateTime: '2026-05-05' }],
    }
    expect(trimJson(rows)).toEqual(left)
    expect(trimJson(left)).toEqual(left)
    expect(() => trimJson({ rows: ['Mara Quorn', kept] }, { otherObjects: 'refuse' })).toThrow(
      expect.objectContaining({ code: 'minimum.not-permitted' }),
    )
  })

  test('a type that the policy does not name is left out, or refused when the policy says so (GW-07)', () => {
    expect(trim('{"resourceType":"Coverage","id":"c"}')).toBe('null')
    expect(() => trim('{"resourceType":"Coverage","id":"c"}', { otherResources: 'refuse' })).toThrow(
      expect.objectContaining({ code: 'minimum.not-permitted' }),
    )
    expect(() => trim('{"ssn":"078-05-1120"}', { otherObjects: 'refuse' })).toThrow(
      expect.objectContaining({ code: 'minimum.not-permitted' }),
    )
  })

  test('in fences, one a line, between words and as a string inside JSON it is found (GW-07)', () => {
    const patient = '{"resourceType":"Patient","gender":"male","name":[{"family":"Quorn"}]}'
    const trimmed = '{"resourceType":"Patient","gender":"male"}'
    for (const wrap of [
      (text: string) => `\`\`\`json\n${text}\n\`\`\``,
      (text: string) => `${text}\n${text}\n`,
      (text: string) => `Read [this] {now} ${text}, please.`,
    ]) {
      expect(trim(wrap(patient))).toBe(wrap(trimmed))
    }
    expect(trim(JSON.stringify([JSON.stringify({ resourceType: 'Patient', gender: 'male', id: 'x' })]))).toBe(
      JSON.stringify([trimmed]),
    )
  })

  test('records that cannot be read to the end are refused, and talk of them is not (GW-07)', () => {
    for (const text of [
      '{"resourceType":"Patient","name":[{"family":"Quorn"}',
      "{'resourceType': 'Patient', 'name': 'Quorn'}",
      '<Patient xmlns="http://hl7.org/fhir"><name/></Patient>',
      'MSH|^~\\&|LAB|ACME\rPID|1||123',
      '{"id":"a","id":"b","resourceType":"Patient","name":"Quorn"}',
      JSON.stringify([{ a: '{"name":"Quorn","resourceType":"Patient"' }]),
    ]) {
      expect(() => trim(text), text).toThrow(expect.objectContaining({ code: 'minimum.unreadable' }))
    }
    for (const text of ['What is a {"resourceType": "Patient"} good for?', 'Answer as {"resourceType": "...", ...}']) {
      expect(() => trim(text)).not.toThrow()
    }
  })

  test('a text of nothing but brackets is refused soon', () => {
    const started = performance.now()
    expect(() => trim('['.repeat(100_000))).toThrow(expect.objectContaining({ code: 'minimum.unreadable' }))
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

describe('trimming of JSON records (GW-07)', () => {
  test('a row is known by its members, and loses fields, old rows and undeclared neighbours (GW-07)', () => {
    const rows = [
      { patient_id: 7, taken: '2026-05-20', result: 4.2, nurse: 'Quorn' },
      { patient_id: 8, taken: '04/01/2026', result: 1 },
      { visitor: 'Zelda' },
    ]
    expect(trimJson({ rows })).toEqual({ rows: [{ patient_id: 7, taken: '2026-05-20', result: 4.2 }] })
    expect(trimJson({ visitor: 'Zelda', n: 1 })).toBeNull()
    expect(trimJson({ visitor: 'Zelda' }, { otherObjects: 'keep' })).toEqual({ visitor: 'Zelda' })
    expect(trimJson([1, 'two', {}])).toEqual([1, 'two', {}])
  })
})

describe('trimming of a body (GW-07)', () => {
  const trimChat = (body: object, tally: TrimTally = createTrimTally()): { messages: Record<string, unknown>[] } => {
    const parsed = CHAT_COMPLETIONS.readBody(JSON.stringify({ model: 'm', ...body }), 64)
    return JSON.parse(trimBody(parsed, RULES, NOW, tally)) as { messages: Record<string, unknown>[] }
  }

  test('messages, parts, arguments and results of tools are trimmed; declarations of tools are not (GW-07)', () => {
    const patient = JSON.stringify({ resourceType: 'Patient', gender: 'male', id: 'secret' })
    const parameters = { type: 'object', properties: { patient_id: { type: 'string' }, result: { type: 'string' } } }
    const body = {
      tools: [{ type: 'function', function: { name: 'look_up', parameters } }],
      messages: [
        { role: 'system', content: `Example: ${patient}` },
        { role: 'user', content: [{ type: 'text', text: patient }] },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: '1', type: 'function', function: { name: 'look_up', arguments: patient } }],
        },
        { role: 'tool', tool_call_id: '1', content: patient },
      ],
    }
    const left = trimChat(body)
    expect(JSON.stringify(left)).not.toContain('secret')
    expect(left).toMatchObject({ tools: body.tools, messages: [{}, {}, {}, { role: 'tool', tool_call_id: '1' }] })
    expect(left.messages[3]?.['content']).toBe('{"resourceType":"Patient","gender":"male"}')
  })

  const RECORD = { resourceType: 'Patient', gender: 'male', id: 'secret' }
  const TOLD = JSON.stringify(RECORD)
  test.for<[string, object]>([
    [
      'responses',
      {
        instructions: TOLD,
        input: [
          { role: 'user', content: [{ type: 'input_text', text: TOLD }] },
          { type: 'function_call', call_id: '1', name: 'look_up', arguments: TOLD },
          { type: 'function_call_output', call_id: '1', output: TOLD },
        ],
      },
    ],
    [
      'anthropic.messages',
      {
        max_tokens: 9,
        system: [{ type: 'text', text: TOLD }],
        messages: [
          { role: 'user', content: TOLD },
          { role: 'assistant', content: [{ type: 'tool_use', id: '1', name: 'look_up', input: RECORD }] },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: '1', content: [{ type: 'text', text: `seen: ${TOLD}` }] }],
          },
        ],
      },
    ],
    ['completions', { prompt: ['a', TOLD] }],
    ['embeddings', { input: [TOLD] }],
    ['moderations', { input: TOLD }],
  ])('of %s loses the same, wherever its dialect puts records (GW-07)', ([id, body]) => {
    const spec = ENDPOINT_SPECS.find((each) => each.id === id)
    const parsed = spec?.readBody(JSON.stringify({ model: 'm', ...body }), 64)
    if (!parsed) throw new Error('no such endpoint')
    const tally = createTrimTally()
    const left = trimBody(parsed, RULES, NOW, tally)
    expect(left).not.toContain('secret')
    expect(left).toContain('male')
    // What is left is a body of the dialect still.
    expect(() => spec?.readBody(left, 64)).not.toThrow()
  })

  test('the tally holds counts by type and place, and no value (GW-07)', () => {
    const tally = createTrimTally()
    trimChat(
      {
        messages: [
          { role: 'user', content: JSON.stringify([observation('a', '2026-01-01'), { resourceType: 'Zelda' }]) },
        ],
      },
      tally,
    )
    expect(tally).toEqual({
      fields: 1,
      records: 1,
      byType: new Map([['other', 1]]),
      paths: new Map([['observation/performer', 1]]),
    })
  })
})

describe('properties of trimming (GW-07)', () => {
  const leaf = fc.oneof(fc.string({ maxLength: 8 }), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null))
  const type = fc.constantFrom('Patient', 'Observation', 'Condition', 'Coverage', 'Bundle', 'Parameters')
  const date = fc.constantFrom('2026-05-05', '2020-01-01', '2025', undefined)
  const { value } = fc.letrec<{ value: unknown; resource: unknown }>((tie) => ({
    resource: fc
      .record(
        {
          resourceType: type,
          effectiveDateTime: date,
          id: leaf,
          gender: leaf,
          name: tie('value'),
          contained: fc.array(tie('resource'), { maxLength: 2 }),
          entry: fc.array(fc.record({ resource: tie('resource'), fullUrl: leaf }, { requiredKeys: [] }), {
            maxLength: 3,
          }),
          total: fc.nat(9),
          valueString: leaf,
        },
        { requiredKeys: ['resourceType'] },
      )
      .map((resource) => JSON.parse(JSON.stringify(resource)) as unknown),
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      leaf,
      tie('resource'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'patient_id', 'result', 'taken'), tie('value'), { maxKeys: 3 }),
      tie('resource').map((resource) => JSON.stringify(resource)),
    ),
  }))
  const rules = fc.record({
    otherResources: fc.constant('remove' as const),
    otherObjects: fc.constantFrom('keep' as const, 'remove' as const),
  })

  const leavesOf = (input: unknown): string[] => {
    if (typeof input === 'object' && input !== null) {
      return Object.entries(input).flatMap(([key, inner]) =>
        Array.isArray(input) ? leavesOf(inner) : [key, ...leavesOf(inner)],
      )
    }
    return [JSON.stringify(input)]
  }

  test('trimming twice trims nothing more, and the result is JSON (GW-07)', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), rules, (input, more) => {
        const once = trim(JSON.stringify(input), more)
        expect(JSON.parse(once)).toBeDefined()
        expect(trim(once, more)).toBe(once)
      }),
      { numRuns: 200 },
    )
  })

  test('never adds anything: every leaf that is left was there as it is (GW-07)', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), rules, (input, more) => {
        const text = JSON.stringify(input)
        const once = trim(text, more)
        expect(once.length).toBeLessThanOrEqual(Math.max(text.length, 'null'.length))
        const known = new Set(text.match(/"(?:[^"\\]|\\.)*"|[-\d.eE+]+|true|false|null/g))
        for (const token of once.match(/"(?:[^"\\]|\\.)*"|[-\d.eE+]+|true|false|null/g) ?? []) {
          const isTotal = /^\d$/.test(token)
          // A string that held JSON is another string, and shorter; a total may be less.
          if (!isTotal && !token.includes('\\"') && token !== '"null"' && token !== 'null')
            expect(known).toContain(token)
        }
        expect(leavesOf(JSON.parse(once)).length).toBeLessThanOrEqual(leavesOf(input).length + 1)
      }),
      { numRuns: 200 },
    )
  })
})
