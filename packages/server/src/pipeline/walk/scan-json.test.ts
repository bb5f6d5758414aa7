import { AppError } from '@breakwater/kernel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scanJson } from './scan-json.ts'

function codeOf(text: string, maxDepth = 64): string {
  try {
    scanJson(text, { maxDepth })
    return 'accepted'
  } catch (thrown) {
    return thrown instanceof AppError ? thrown.code : String(thrown)
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('scanning JSON', () => {
  test('accepts what the runtime parses', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(codeOf(text)).toBe('accepted')
      }),
    )
  })

  test('refuses what the runtime refuses, of any damage to a text', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '"', '\\', ',', '}', ']', '0', '-', '.', 'e', '\u0001', 'x'),
        (text, at, put) => {
          const place = at % (text.length + 1)
          const damaged = text.slice(0, place) + put + text.slice(place + 1)
          // Duplicate names and half surrogates are ours to refuse.
          if (!parses(damaged)) expect(codeOf(damaged)).not.toBe('accepted')
          else expect(codeOf(damaged)).not.toBe('body.invalid-json')
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('answers every string, name and number, decoded, with its place', () => {
    const text = '{"a":["\\u0062", 1.50 ],"c":{}}'
    const leaves = scanJson(text, { maxDepth: 9 })
    expect(leaves.map(({ kind, value }) => [kind, value])).toEqual([
      ['key', 'a'],
      ['string', 'b'],
      ['number', '1.50'],
      ['key', 'c'],
    ])
    for (const { start, end, kind, value } of leaves) {
      if (kind !== 'number') expect(JSON.parse(text.slice(start, end))).toBe(value)
    }
  })

  test.for([
    ['nesting past the limit', 'body.too-deep', '[[[1]]]'],
    ['the same name twice', 'body.duplicate-key', '{"a":1,"a":2}'],
    ['the same name twice in two spellings', 'body.duplicate-key', '{"a":1,"\\u0061":2}'],
    ['half a surrogate pair', 'body.invalid-utf8', '["\\ud800"]'],
    ['two values', 'body.invalid-json', '1 2'],
    ['nothing', 'body.invalid-json', ''],
  ] as const)('refuses %s', ([, code, text]) => {
    expect(codeOf(text, 2)).toBe(code)
  })
})
