import { expect, test } from 'vitest'
import { isIdentifierShaped } from './number.ts'

test('whole numbers of seven digits and more have the shape of an identifier, in any spelling', () => {
  for (const text of [
    '4482913',
    '78051120',
    '-2125550142',
    '4482913.0',
    '4482913e0',
    '4.482913e6',
    '0.4482913E+7',
    '44829130e-1',
  ])
    expect(isIdentifierShaped(text)).toBe(true)
})

test('laboratory values, scores and measurements do not', () => {
  for (const text of ['0', '7.2', '250000', '-3', '1e9', '1.25e12', '-9007199254740991', '3.1415926535', '0.0000001'])
    expect(isIdentifierShaped(text)).toBe(false)
})
