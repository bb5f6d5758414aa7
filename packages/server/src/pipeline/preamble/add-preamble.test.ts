import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addPreamble, PREAMBLE } from './add-preamble.ts'

const read = (endpoint: Parameters<typeof addPreamble>[0], body: string): Record<string, unknown> =>
  JSON.parse(addPreamble(endpoint, body)) as Record<string, unknown>
const RULES = { role: 'system', content: PREAMBLE }
const HELLO = { role: 'user', content: 'Hello.' }

/** Some text of a document: blanks where JSON lets them stand. */
const indented = fc.constantFrom(undefined, 1, '\t')
const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => value !== null)

describe('the rules come first (LS-03)', () => {
  test('in a message of their own, or before what the system says', () => {
    expect(read('chat.completions', JSON.stringify({ messages: [HELLO] }))).toEqual({ messages: [RULES, HELLO] })
    expect(read('chat.completions', '{"messages":[ ]}')).toEqual({ messages: [RULES] })
    for (const role of ['system', 'developer']) {
      const said = JSON.stringify({ messages: [{ content: 'Be "brief".\n', role }, HELLO] })
      const content = `${PREAMBLE}\n\nBe "brief".\n`
      expect(read('chat.completions', said)).toEqual({ messages: [{ role, content }, HELLO] })
    }
  })

  test.for<[string, unknown]>([
    ['""', PREAMBLE],
    ['null', PREAMBLE],
    ['"Be brief."', `${PREAMBLE}\n\nBe brief.`],
    ['[]', [{ type: 'text', text: PREAMBLE }]],
    [
      '[{"type":"text","text":"Be brief."}]',
      [
        { type: 'text', text: PREAMBLE },
        { type: 'text', text: 'Be brief.' },
      ],
    ],
  ])('of a system part %s', ([said, expected]) => {
    for (const [endpoint, name] of [
      ['responses', 'instructions'],
      ['anthropic.messages', 'system'],
    ] as const) {
      expect(read(endpoint, `{"model":"m","${name}":${said},"input":"x"}`)).toEqual({
        model: 'm',
        [name]: expected,
        input: 'x',
      })
      expect(read(endpoint, `{ "input":"x"}`)).toEqual({ input: 'x', [name]: PREAMBLE })
    }
  })

  test('whatever else the body holds, which stays as it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), fc.array(json), indented, (others, messages, space) => {
        const body = { ...others, messages: [HELLO, ...messages], last: 1 }
        expect(read('chat.completions', JSON.stringify(body, null, space))).toEqual(
          JSON.parse(JSON.stringify({ ...body, messages: [RULES, ...body.messages] })),
        )
        expect(read('anthropic.messages', JSON.stringify({ ...body, system: 'S' }, null, space))).toEqual(
          JSON.parse(JSON.stringify({ ...body, system: `${PREAMBLE}\n\nS` })),
        )
      }),
    )
  })

  test('also where names and roles are spelled with escapes, and numbers keep their spelling', () => {
    const spelled =
      '{"seed":1.0e2,"mess\\u0061ges":[{"r\\u006fle":"syst\\u0065m","content":"S"}],"n":10000000000000000000001}'
    const text = addPreamble('chat.completions', spelled)
    expect([text.includes('1.0e2'), text.includes('10000000000000000000001')]).toEqual([true, true])
    expect(JSON.parse(text)).toMatchObject({ messages: [{ role: 'system', content: `${PREAMBLE}\n\nS` }] })
  })

  test('and are added nowhere else', () => {
    expect(addPreamble('embeddings', '{"input":"x"}')).toBe('{"input":"x"}')
  })
})
