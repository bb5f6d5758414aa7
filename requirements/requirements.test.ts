import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { REQUIREMENTS } from './requirements.ts'

/** Ids in the titles of tests and of the blocks they stand in: `test('... (GW-08)'`. */
function citedIds(): Set<string> {
  const files = globSync(['{packages/*/src,tests,bench,scripts}/**/*.test.ts'])
  const titles = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    return Array.from(
      text.matchAll(/\b(?:test|describe|it)\b[^\n]*?(?:\(|,)\s*(['"`])(.*?)\1/gs),
      (match) => match[2] ?? '',
    )
  })
  return new Set(titles.flatMap((title) => title.match(/\b[A-Z]{2}-\d{2}\b/g) ?? []))
}

const known = new Set(REQUIREMENTS.map(({ id }) => id))

test('every requirement that is due is cited by a test', () => {
  const cited = citedIds()
  expect(REQUIREMENTS.filter(({ id, isDue }) => isDue && !cited.has(id)).map(({ id }) => id)).toEqual([])
})

test('no test cites a requirement that does not exist', () => {
  expect([...citedIds()].filter((id) => !known.has(id))).toEqual([])
})

test('an id stands once, and a row that is not due names its gap', () => {
  expect(known.size).toBe(REQUIREMENTS.length)
  expect(REQUIREMENTS.filter(({ isDue, gap }) => isDue === Boolean(gap))).toEqual([])
})
