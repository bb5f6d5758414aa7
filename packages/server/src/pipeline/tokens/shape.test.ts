import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mayHoldToken, TOKEN_ALPHABET, TOKEN_SYMBOLS } from './shape.ts'

const RUN = new RegExp(`[${TOKEN_ALPHABET}]{${TOKEN_SYMBOLS}}`, 'i')
const symbols = Array.from(`${TOKEN_ALPHABET}${TOKEN_ALPHABET.toLowerCase()}`)
const character = fc.constantFrom(...symbols, 'a', 'E', 'y', ' ', '-', '\u017f', '\u{1f600}')

test('a text may hold a token where twelve symbols stand in a row, in either case, and nowhere else', () => {
  fc.assert(
    fc.property(fc.array(character, { maxLength: 60 }), (characters) => {
      const text = characters.join('')
      expect(mayHoldToken(text)).toBe(RUN.test(text))
    }),
    { numRuns: 5_000 },
  )
})

test.for([
  ['', false],
  ['b'.repeat(TOKEN_SYMBOLS - 1), false],
  ['B'.repeat(TOKEN_SYMBOLS), true],
  [`a${'7'.repeat(TOKEN_SYMBOLS)}`, true],
  [`${'7'.repeat(TOKEN_SYMBOLS - 1)}a${'7'.repeat(TOKEN_SYMBOLS - 1)}`, false],
] as const)('%s: %s', ([text, expected]) => {
  expect(mayHoldToken(text)).toBe(expected)
})
