import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutSegments, tagSegments } from './segments.ts'

/** Every run of capitals is a name. */
function tagCapitals(text: string): { start: number; end: number; class: 'NAME'; role: 'other'; score: number }[] {
  return Array.from(text.matchAll(/[A-Z]+/g), ({ index, 0: found }) => ({
    start: index,
    end: index + found.length,
    class: 'NAME',
    role: 'other',
    score: 1,
  }))
}

/** To its end; each stop comes before a segment. */
function run<Result>(steps: Generator<undefined, Result, undefined>): Result {
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value
}

describe('segments', () => {
  test('a short text is read as a whole', () => {
    expect(cutSegments('seen by Ana')).toEqual([{ from: 0, to: 11, readFrom: 0, readTo: 11 }])
    expect(cutSegments('')).toEqual([])
  })

  test('cover the text once, are read with what surrounds them, and cut no surrogate pair', () => {
    const unit = fc.constantFrom('a', ' ', '\n', '\u{1f600}')
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 400 }), (text) => {
        let next = 0
        for (const { from, to, readFrom, readTo } of cutSegments(text, 40, 8)) {
          expect(from).toBe(next)
          expect(to).toBeGreaterThan(from)
          expect(to - from).toBeLessThanOrEqual(40)
          expect(readFrom).toBeLessThanOrEqual(from)
          expect(readTo).toBeGreaterThanOrEqual(Math.min(text.length, to))
          for (const cut of [from, to, readFrom, readTo]) expect(text.slice(0, cut).isWellFormed()).toBe(true)
          next = to
        }
        expect(next).toBe(text.length)
      }),
    )
  })

  test('give the spans of the whole text, at their places too', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'B', ' ', 'C'), maxLength: 300 }), (text) => {
        fc.pre(tagCapitals(text).every(({ start, end }) => end - start <= 8))
        expect(run(tagSegments(text, cutSegments(text, 40, 16), tagCapitals))).toEqual(tagCapitals(text))
      }),
    )
  })

  test('a span at a border is covered by what either side says of it', () => {
    const long = `${'a'.repeat(30)}${'B'.repeat(20)}`
    const [span, ...others] = run(tagSegments(long, cutSegments(long, 40, 8), tagCapitals))
    expect(span).toMatchObject({ start: 30, end: 50 })
    expect(others).toEqual([])
  })
})
