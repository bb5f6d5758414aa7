import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renameModel } from './rename-model.ts'

describe('the model of a body', () => {
  test.for([
    ['{"model":"a","n":1.0}', '{"model":"b","n":1.0}'],
    [
      '{"x":{"model":"a"},"y":["model","a"],"\\u006dodel" : "a\\"}" }',
      '{"x":{"model":"a"},"y":["model","a"],"\\u006dodel" : "b" }',
    ],
    ['{"x":"model","y":"a"}', '{"x":"model","y":"a"}'],
    ['{"user":"\\"model\\":\\"a\\"","model":"a"}', '{"user":"\\"model\\":\\"a\\"","model":"b"}'],
  ] as const)('is renamed in its own place only, %#', ([body, renamed]) => {
    expect(renameModel(body, 'b')).toBe(renamed)
  })

  test('is all that changes in any body', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.string(), (others, before, after) => {
        const body = { ...others, model: before, last: others }
        expect(JSON.parse(renameModel(JSON.stringify(body), after))).toEqual(
          JSON.parse(JSON.stringify({ ...body, model: after })),
        )
      }),
    )
  })
})
