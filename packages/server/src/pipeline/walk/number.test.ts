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

test('nor do sizes and bounds of programs', () => {
  for (const text of [
    '1000000',
    '25000000',
    '99999999',
    '5242880',
    '86400000',
    '2147483647',
    '-2147483648',
    '4294967295',
    '9007199254740991',
    '9223372036854775807',
    '-9223372036854775808',
    '18446744073709551615',
  ])
    expect(isIdentifierShaped(text)).toBe(false)
})

test('hardly any number of seven or nine digits is taken for one', () => {
  for (const [digits, most] of [
    [7, 1e-3],
    [9, 1e-4],
  ] as const) {
    const step = 7919
    let [passed, all] = [0, 0]
    for (let number = 10 ** (digits - 1); number < 10 ** digits; number += digits === 7 ? 97 : step) {
      all++
      if (!isIdentifierShaped(String(number))) passed++
    }
    expect(passed / all).toBeLessThan(most)
  }
})
