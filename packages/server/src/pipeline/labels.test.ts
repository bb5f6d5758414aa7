import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collectLabels, findSecurityLabels } from './labels.ts'

const RESOURCE = {
  resourceType: 'Observation',
  meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: '42CFRPart2' }] },
}
const headers = (value?: string): Headers => new Headers(value === undefined ? {} : { 'breakwater-labels': value })

describe('labels of a request', () => {
  test.for([
    ['as it is', JSON.stringify(RESOURCE)],
    ['printed over lines', JSON.stringify(RESOURCE, undefined, 2)],
    ['inside arguments', JSON.stringify({ arguments: JSON.stringify(RESOURCE) })],
    [
      'inside arguments inside a result',
      JSON.stringify([JSON.stringify({ a: JSON.stringify(RESOURCE, undefined, 1) })]),
    ],
    ['in a sentence', `The chart: ${JSON.stringify(RESOURCE)}. Summarise it.`],
  ])('are found in a resource %s (GW-11)', ([, text = '']) => {
    expect(findSecurityLabels(text)).toEqual(['42cfr-part2'])
  })

  test('are not found where a code only looks alike', () => {
    for (const text of [
      'security code: 42CFRPart2',
      '{"meta":{"security":[{"code":"42CFRPart21"}]}}',
      '{"code":"HIV"}',
    ]) {
      expect(findSecurityLabels(text)).toEqual([])
    }
  })

  test('are all that anybody said: nobody takes one away (GW-11)', () => {
    const label = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,10}$/)
    const labels = fc.uniqueArray(label, { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(labels, labels, fc.boolean(), (ofCaller, stated, bears) => {
        const leaves = bears ? [{ value: JSON.stringify(RESOURCE) }] : []
        const found = collectLabels({ headers: headers(stated.join(', ')), ofCaller, leaves })
        expect(found).toEqual(expect.arrayContaining([...ofCaller, ...stated, ...(bears ? ['42cfr-part2'] : [])]))
        expect(collectLabels({ headers: headers(), ofCaller, leaves: [] })).toEqual([...new Set(ofCaller)].sort())
      }),
    )
  })

  test.for(['Hunter2', 'region:', 'region:US', 'a,,b', 'place:us'])(
    'are refused when they are no names: %s',
    (value) => {
      expect(() => collectLabels({ headers: headers(value), ofCaller: [], leaves: [] })).toThrow(
        'Breakwater-Labels: names',
      )
    },
  )
})
