import { expect, test } from 'vitest'
import { compareLines } from './compare-lines.ts'

test.for<[string, string, string]>([
  ['a b c', 'a c', 'a -b c'],
  ['a b c', 'a b c', 'a b c'],
  ['a b', 'x', '-a -b x'],
  ['{ id name birth }', '{ id }', '{ id -name -birth }'],
])('of "%s" with "%s" left, what is gone is marked: %s', ([before, after, expected]) => {
  const compared = compareLines(before.split(' '), after.split(' '))
  expect(compared.map(({ line, isLeft }) => (isLeft ? line : `-${line}`)).join(' ')).toBe(expected)
})
