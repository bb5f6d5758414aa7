import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadTextEngine } from '../../startup/engine.ts'
import { createSampleMap, sampleEngine } from '../test-parts.ts'
import { createTokenMatcher, TOKEN_ALPHABET, TOKEN_WORDS } from '../tokens/shape.ts'
import { createRemovalFinder, createRemover } from './remover.ts'
import { createTally } from './step.ts'

const map = createSampleMap()
const TOKENS = (['NAME', 'DATE', 'RECORD', 'IP', 'LITERAL'] as const).map((word, index) =>
  map.tokenOf(word === 'RECORD' ? 'MRN' : word, `value ${index}`),
)
const PART = new RegExp(
  `(?<![A-Za-z0-9])(?:${Object.values(TOKEN_WORDS).join('|')})[${TOKEN_ALPHABET}]{1,11}(?![A-Za-z0-9])`,
)
const TAIL = new RegExp(`(?<![A-Za-z0-9])[${TOKEN_ALPHABET}]{4,}(?![A-Za-z0-9])`)

const words = fc.constantFrom(
  'was seen',
  'by',
  'and',
  'Dr. Quorn',
  'on',
  'of the ward.',
  '\n',
  'Phone:',
  'for the pain,',
)
const answer = fc
  .array(fc.oneof(words, fc.constantFrom(...TOKENS)), { minLength: 1, maxLength: 60 })
  .map((pieces) => pieces.join(' '))

test('the detector is shown no half of a token at either end of what it reads', async () => {
  await fc.assert(
    fc.asyncProperty(answer, async (text) => {
      const find = createRemovalFinder(sampleEngine)
      const remover = createRemover((window) => {
        const rest = window.replace(createTokenMatcher(), ' ')
        expect(rest).not.toMatch(PART)
        expect(rest).not.toMatch(TAIL)
        return find(window)
      }, createTally())
      await remover.push(text)
      await remover.end()
    }),
    { numRuns: 300 },
  )
})

test('what stands at the end of an answer is read to its last letter, though it begins as a token does (LS-02)', async () => {
  let read = ''
  const remover = createRemover((window) => {
    read = window
    return []
  }, createTally())
  await remover.push('the number is RECORD44172')
  expect(await remover.end()).toMatch(/RECORD44172$/)
  expect(read).toMatch(/RECORD44172$/)
})

const rules = await loadTextEngine()
const SENTENCES =
  'In two sentences: a breakwater protects a harbour from waves, and these are the two materials most often used ' +
  'to build one along a rocky coast with strong tides.'

test.each([
  ['with capitals keeps its ordinary words where a stretch has none', SENTENCES, SENTENCES],
  [
    'without capitals is read as one that nobody typed them in',
    'the ward called again and said that the family of mr lopez is here, so that jonas falkner can be told of it soon.',
    'the ward called again and said that the family of mr [NAME] is here, so that [NAME] can be told of it soon.',
  ],
])('an answer %s (LS-02)', async (_, text, left) => {
  const whole = createRemover(createRemovalFinder(rules), createTally())
  expect((await whole.push(text)) + (await whole.end())).toBe(left)
  const stream = createRemover(createRemovalFinder(rules), createTally())
  let out = ''
  for (const letter of text) out += await stream.push(letter)
  expect(out + (await stream.end())).toBe(left)
})
