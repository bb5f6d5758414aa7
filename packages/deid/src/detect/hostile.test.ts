import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { PATTERNS } from './patterns/run.ts'
import { threadMs } from '../testing/thread-time.ts'

const engine = createTextEngine({ gazetteer: readFileSync(new URL('../../data/gazetteer.bin', import.meta.url)) })
const SIZE = 100_000

/** Repeated pieces that make a careless repetition try every way to split them. */
const PIECES = [
  '1',
  '1-',
  '1.',
  '1 ',
  '12/',
  '1:',
  '0:',
  'a',
  'A',
  'A ',
  'Aa ',
  'aA',
  'A.',
  'A. ',
  'A-',
  "A'",
  ' ',
  '\n',
  '\t',
  ' \n',
  '@',
  'a@',
  'a.',
  'a.b@',
  '<',
  '<<',
  '://',
  'a://',
  'www.',
  '.com',
  '.com.',
  '(',
  '((',
  '+',
  '+1 ',
  '#',
  '# ',
  '-',
  'MRN ',
  'MRN: ',
  'MRN no ',
  'SSN ',
  'SSN X',
  'patient ',
  'Patient id ',
  'name: ',
  'Dr. ',
  'Dr. A ',
  'Mr ',
  'at ',
  'seen at Aa ',
  'St. ',
  "St. Aa's ",
  'Hospital ',
  'Aa Hospital ',
  'of the ',
  'New York ',
  'New ',
  'San ',
  'IL ',
  'Springfield, ',
  'January ',
  'Jan 1 ',
  'may ',
  '3 May ',
  'last ',
  'one ',
  'ninety-',
  'a hundred and ',
  'call me at ',
  'phone ',
  'works at Aa ',
  'employed by ',
  'employer: ',
  'last four of ',
  'last 4 of her ',
  'address: ',
  'P.O. ',
  '1 Aa ',
  '1 A ',
  'x',
  'xxx-',
  'ID',
  'id: ',
  'the ',
  'J.D. ',
  'Smith, ',
  'Smith ',
  'Smith, John ',
  'john smith ',
  '\u00e9',
  '\u0301',
  '\u200b',
  '&amp;',
  '&',
  '&#',
  '\u{1f600}',
  '\ud83d',
  'ab-\n',
  '2001:',
  'f:',
  'AA11 ',
  '/',
  'a/b/',
  '\n\n',
  ':',
  '"',
  '"a":"b",',
  "'",
  'QWxhZGRpbjpvcGVuIHNlc2FtZQ',
  'Q1W2',
  '1234-5678-',
  '2001 2002 ',
  '20 30 ',
  '555-0142 ',
  '3/4/2021 ',
  'Anna ',
  'Anna Smith ',
  'Maria Lopez, ',
  'wife ana ',
  'mr jos\u00e9 garc\u00eda ',
  'a 45-year-old woman, Hope Strong, ',
  'born 1920 ',
  'age 85 in 2015 ',
  '"given":["a","b",',
  'A1',
  'a1-',
  'a%1',
  '~1WALK510',
  '_',
]

test.each(PIECES.map((piece) => [JSON.stringify(piece), piece] as const))(
  '100 KB of %s take less than a second',
  (_, piece) => {
    const text = piece.repeat(Math.ceil(SIZE / piece.length))
    expect(secondsOf(text)).toBeLessThan(1)
  },
)

test.each(['1', 'A ', 'Anna ', 'Dr. A ', '.com', 'a@', '://', 'woman, Aa, ', 'AA11 '])(
  'ten times as much of %j takes no more than about ten times as long',
  (piece) => {
    const short = piece.repeat(Math.ceil(SIZE / 2 / piece.length))
    secondsOf(short)
    // Beyond a floor that hides the clock's grain and the garbage collector's moods.
    expect(secondsOf(short.repeat(10))).toBeLessThan(30 * Math.max(secondsOf(short), 0.05))
  },
)

function secondsOf(text: string): number {
  const begunMs = threadMs()
  engine.detect(text)
  return (threadMs() - begunMs) / 1_000
}

test('no pattern takes long at any one place of a hostile text', () => {
  const slow: string[] = []
  for (const piece of PIECES) {
    const text = piece.repeat(Math.ceil(SIZE / piece.length))
    for (const { id, regex } of PATTERNS) {
      const begun = threadMs()
      for (let at = 0; at < 3; at++) {
        regex.lastIndex = at
        regex.exec(text)
      }
      regex.lastIndex = 0
      if (threadMs() - begun > 100) slow.push(`${id} on ${JSON.stringify(piece)}`)
    }
  }
  expect(slow).toEqual([])
})
