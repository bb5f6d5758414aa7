import { expect, test } from 'vitest'
import errors from '../../../../docs/errors.md?raw'
import { NEXT_STEPS } from './next-steps.ts'

/** What the console finds out by itself, without an answer of the server. */
const OWN_CODES = ['passkey.cancelled', 'passkey.exists', 'passkey.failed', 'unexpected-answer', 'unreachable']
const CODES = Array.from(errors.matchAll(/^## (\S+) /gm), ([, code]) => code ?? '')

test('a next step belongs to a code of the closed list or to one of the console', () => {
  expect(CODES.length).toBeGreaterThan(50)
  const known = new Set([...CODES, ...OWN_CODES])
  expect(Object.keys(NEXT_STEPS).filter((code) => !known.has(code))).toEqual([])
})

/** Of the codes of `auth`, what only a service or a program that waits for a device's code can meet. */
const OF_SERVICES =
  /^auth[.](address|client|grant|proof|scope)-refused$|^auth[.](replayed|unbound)$|^auth[.]device-(denied|expired|pending|slow-down)$/

test('every refusal of a log-in or a session has a next step', () => {
  const ofPeople = CODES.filter((code) => code.startsWith('auth.') && !OF_SERVICES.test(code))
  expect(ofPeople.filter((code) => NEXT_STEPS[code] === undefined)).toEqual([])
})
