import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addSpan, changeSpan, moveSpanEdge, removeSpan } from './edits.ts'
import type { Spans } from './edits.ts'
import { findWords, moveEdge, trimRange } from './words.ts'

const TEXT = 'Pt Ana Lopez 🙂 seen 3/4 by Dr. O’Neil-Smith; well.'
const at = (start: number, end: number): Spans[number] => ({ start, end, class: 'NAME', role: 'patient' })
const place = fc.tuple(fc.nat(TEXT.length - 1), fc.integer({ min: 1, max: 9 }))
const edit = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), place }),
  fc.record({ kind: fc.constant('remove' as const), index: fc.nat(5) }),
  fc.record({
    kind: fc.constant('move' as const),
    index: fc.nat(5),
    edge: fc.constantFrom('start' as const, 'end' as const),
    direction: fc.constantFrom('left' as const, 'right' as const),
    step: fc.constantFrom('word' as const, 'character' as const),
  }),
)

describe('corrections on the page', () => {
  test('whatever is edited, spans stay sorted, apart and inside the text', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 30 }), (edits) => {
        let spans: Spans = []
        for (const each of edits) {
          if (each.kind === 'add') {
            const [start, units] = each.place
            spans = addSpan(spans, at(start, Math.min(TEXT.length, start + units)))
          } else if (each.kind === 'remove') spans = removeSpan(spans, each.index)
          else spans = moveSpanEdge(TEXT, spans, each.index, each)
          let end = 0
          for (const span of spans) {
            expect(span.start).toBeGreaterThanOrEqual(end)
            expect(span.end).toBeGreaterThan(span.start)
            end = span.end
          }
          expect(end).toBeLessThanOrEqual(TEXT.length)
        }
      }),
    )
  })

  test('an edge moves by whole words, with their hyphens and apostrophes', () => {
    const name = TEXT.indexOf('Lopez')
    expect(moveSpanEdge(TEXT, [at(name, name + 5)], 0, { edge: 'start', direction: 'left', step: 'word' })).toEqual([
      at(TEXT.indexOf('Ana'), name + 5),
    ])
    expect(findWords(TEXT).map(({ start, end }) => TEXT.slice(start, end))).toContain('O’Neil-Smith')
  })

  test('a step of a character never cuts one of two units', () => {
    const smile = TEXT.indexOf('🙂')
    expect(moveEdge(TEXT, smile, 'end', 'right', 'character')).toBe(smile + 2)
    expect(moveEdge(TEXT, smile + 2, 'end', 'left', 'character')).toBe(smile)
  })

  test('a class changes nothing else, and spaces around a selection are no part of it', () => {
    expect(changeSpan([at(3, 6)], 0, { class: 'CITY' })).toEqual([{ ...at(3, 6), class: 'CITY' }])
    expect(trimRange(TEXT, { start: 2, end: 7 })).toEqual({ start: 3, end: 6 })
  })
})
