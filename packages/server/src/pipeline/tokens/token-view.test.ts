import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSampleMap } from '../test-parts.ts'
import { createTokenView } from './token-view.ts'

const map = createSampleMap()
const NAME = map.tokenOf('NAME', 'Mara')
const DATE = map.tokenOf('DATE', '1/2/2020')

/** The surfaces of spans that a model gives for these stretches of the view. */
function restored(text: string, ...stretches: readonly string[]): string[] {
  const view = createTokenView(text)
  const spans = stretches.map((stretch) => {
    const start = view.text.indexOf(stretch)
    return { start, end: start + stretch.length }
  })
  return view.restore(spans).map(({ start, end }) => text.slice(start, end))
}

test('a model reads what kind of thing a token stands for, and no token', () => {
  expect(createTokenView(`Ms. ${NAME} came on ${DATE}.`).text).toBe('Ms. [name] came on [date].')
})

test('a text without tokens is read as it is', () => {
  expect(createTokenView('Mara came in MAY').text).toBe('Mara came in MAY')
})

test('twelve digits behind a word are a number, and are read', () => {
  expect(createTokenView('RECORD004829130415').text).toBe('RECORD004829130415')
})

test('a span beside a token is where it was; one that goes into a token has all of it; one in a token alone is none', () => {
  const text = `${NAME} Quorn, seen ${DATE} by ${NAME}`
  expect(restored(text, 'Quorn', 'seen [date] by', 'name] Quorn', 'by [na', 'name', '[date]')).toEqual([
    'Quorn',
    `seen ${DATE} by`,
    `${NAME} Quorn`,
    `by ${NAME}`,
  ])
})

test('every stretch of the text between tokens comes back as itself, wherever the tokens stand', () => {
  const piece = fc.oneof(fc.constantFrom(NAME, DATE), fc.constantFrom('ab', ' ', 'x y', '.'))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(), fc.nat(), (pieces, one, other) => {
      const text = pieces.join('')
      const view = createTokenView(text)
      const [start, end] = [one, other].map((place) => place % (view.text.length + 1)).toSorted((a, b) => a - b)
      if (start === undefined || end === undefined || start === end) return
      for (const span of view.restore([{ start, end }])) {
        const back = text.slice(span.start, span.end)
        // Whole tokens, and the same text between them.
        expect(createTokenView(back).text).toContain(view.text.slice(start, end))
      }
    }),
  )
})
