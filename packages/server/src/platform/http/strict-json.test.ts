import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { parseStrictJson } from './strict-json.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('parseStrictJson', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5, noUnicodeString: false }), (text) => {
        expect(parseStrictJson(bytes(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  test.for<[string, string]>([
    ['body.invalid-json', ''],
    ['body.invalid-json', '{"a":1}}'],
    ['body.invalid-json', '\ufeff{}'],
    ['body.duplicate-key', '{"a":1,"b":[{"c":"}"}],"a":2}'],
    ['body.duplicate-key', '{"x":{"a":1,"\\u0061":2}}'],
    ['body.duplicate-key', '{"__proto__":1,"__proto__":2}'],
    ['body.too-deep', `${'['.repeat(33)}${']'.repeat(33)}`],
  ])('refuses with %s, %#', ([code, text]) => {
    expect(() => parseStrictJson(bytes(text))).toThrowError(expect.objectContaining({ code }))
  })

  test('refuses bytes that are not UTF-8', () => {
    expect(() => parseStrictJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrowError(
      expect.objectContaining({ code: 'body.invalid-utf8' }),
    )
  })

  test.for([
    '{"a":{"b":1},"b":2}',
    '[{"a":1},{"a":2}]',
    '{"a":"\\"a\\":1,\\"a\\""}',
    `${'['.repeat(32)}${']'.repeat(32)}`,
  ])('takes %s', (text) => {
    expect(parseStrictJson(bytes(text))).toEqual(JSON.parse(text))
  })
})
