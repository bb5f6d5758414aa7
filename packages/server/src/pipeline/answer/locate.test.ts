import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLocator } from './locate.ts'

const TOKEN = 'NAMEQKHG0PPCQ4B7'
const map = {
  isOwn: (text: string) => text === TOKEN,
  valueOf: (text: string) => (text === TOKEN ? { surface: 'Ann', classes: [] } : undefined),
} as unknown as Parameters<typeof createLocator>[0]

const part = fc.constantFrom('plain ', '😀 ', 'Ann', 'x', 'é')
const sentOf = (own: string): string => own.replaceAll('Ann', TOKEN)

test('places around what was masked are where their characters are in what the caller sent (GW-02)', () => {
  fc.assert(
    fc.property(fc.array(part), fc.array(part), (before, after) => {
      const own = [...before, ...after].join('')
      const text = { own, sent: sentOf(own) }
      const place = Array.from(sentOf(before.join(''))).length
      expect(createLocator(map)(text, place)).toBe(Array.from(before.join('')).length)
    }),
  )
})

test('a thousand places in a document of a megabyte take no time, and none is told behind what cannot be compared', () => {
  const own = `${'Ann sleeps. '.repeat(80_000)}end`
  const text = { own, sent: sentOf(own) }
  const locate = createLocator(map)
  const startedAt = performance.now()
  for (let place = 0; place < 1_000; place++) locate(text, place * 1_000)
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  expect(locate(text, Infinity)).toBe(own.length)
  expect(createLocator(map)({ own: 'one two', sent: 'one 2' }, 5)).toBeUndefined()
})
