import { describe, expect, test } from 'vitest'
import { findEncodedRuns } from './encoded.ts'

const MOST_MS = 1_000
const threadMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

describe('what hides in an encoding', () => {
  test.for([
    ['219**-**09**-**9999', '219-09-9999'],
    ['219<b>-</b>09<br /><i>-9999', '219-09-9999'],
    ['**2**19-09-9999', '219-09-9999'],
    ['**219-09**-9999', '219-09-9999'],
    ['219<!-- x -->-09-9999', '219-09-9999'],
  ] as const)('%s is read without its marks', ([text, read]) => {
    expect(findEncodedRuns(`call ${text} now`).map(({ decoded }) => decoded)).toContain(read)
  })

  test.for(['*', '<br />', '<a b/>', '`', '~~', '<i>', '</i>', '<!-- -->'])(
    'the cost of a row of %s grows with its length, not with its combinations',
    (mark) => {
      const before = threadMs()
      findEncodedRuns(`5**5 and 1${mark.repeat(20_000)} b`)
      expect(threadMs() - before).toBeLessThan(MOST_MS)
    },
  )
})
