import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editMembers } from './edit-members.ts'

const edits = { without: new Set(['model', 'stream']), with: { version: 'v1' } }

test('only the outermost members are edited, and every other byte stays (GW-02)', () => {
  const kept = '"a" : {"model":1.0,"b":["\\u0022,}",{"stream":[]}]}'
  expect(editMembers(` {"model": "x",${kept}, "stream":true , "version":2 } `, edits)).toBe(`{"version":"v1",${kept}}`)
  expect(editMembers('{}', edits)).toBe('{"version":"v1"}')
})

test('it says of every object what an edit of its members says', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.boolean(), (object, isWide) => {
      const {
        model: _model,
        stream: _stream,
        version: _version,
        ...kept
      } = { ...object, model: 'm' } as Record<string, unknown>
      const text = JSON.stringify({ model: 'm', ...object }, null, isWide ? 2 : 0)
      expect(JSON.parse(editMembers(text, edits))).toEqual(JSON.parse(JSON.stringify({ version: 'v1', ...kept })))
    }),
  )
})
