import type { Span } from '@breakwater/deid'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSpanCodec } from './span-codec.ts'

const span = fc.record({
  start: fc.nat(),
  end: fc.nat(),
  class: fc.constantFrom<Span['class'][]>('NAME', 'DATE', 'SSN'),
  role: fc.constantFrom<Span['role'][]>('patient', 'unknown'),
  score: fc.double({ min: 0, max: 1, noNaN: true, noDefaultInfinity: true }),
  sources: fc.array(fc.stringMatching(/^[a-z.-]{1,12}$/), { maxLength: 4 }),
})

test('spans come back as they were, whatever was packed between', () => {
  fc.assert(
    fc.property(fc.array(fc.array(span), { maxLength: 5 }), (documents) => {
      const codec = createSpanCodec()
      const packed = documents.map(codec.pack)
      expect(packed.map(codec.unpack)).toEqual(documents)
    }),
  )
})

test('packed spans hold numbers, and no word', () => {
  const one: Span = { start: 1, end: 9, class: 'NAME', role: 'patient', score: 0.5, sources: ['name.titled'] }
  expect(Buffer.from(createSpanCodec().pack([one])).toString('latin1')).not.toMatch(/[a-zA-Z.]{3,}/)
})
