import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { readSiteLexicon } from '../site/index.ts'
import { readKnownPatient } from './index.ts'
import { threadMs } from '../testing/thread-time.ts'

const gazetteer = readFileSync(new URL('../../data/gazetteer.bin', import.meta.url))
const lexicon = readSiteLexicon(
  JSON.stringify({
    version: 1,
    staff: Array.from({ length: 2000 }, (_, i) => `Staff${i} Quoin${i % 40}`),
    units: Array.from({ length: 200 }, (_, i) => `${i} West`),
    recordNumbers: [{ format: '*{20}*{20}*{19}9' }, { format: 'A{1,3}-9{3,8}' }],
  }),
)
const engine = createTextEngine({ gazetteer, lexicon })
/** As much as one patient may bring, all of it alike. */
const known = [
  readKnownPatient({
    names: Array.from(
      { length: 20 },
      (_, i) => `Maria${'a'.repeat(i)} Anna Bella Lopez${'z'.repeat(i)}-Long de la Cruz`,
    ),
    birthDate: '1911-11-11',
    addresses: Array.from({ length: 20 }, (_, i) => `${i}11 North East Saint Quoin Street Apt ${i}`),
    phones: Array.from({ length: 40 }, (_, i) => `(111) 111-11${String(i).padStart(2, '0')}`),
    identifiers: Array.from({ length: 60 }, (_, i) => `1111111${i}`),
  }),
]
const PIECES = [
  '1',
  '1 ',
  '11-',
  '0',
  'a',
  'A ',
  'Maria ',
  'maria lopez ',
  'Lopez, ',
  'de la ',
  'Mariaaaaa ',
  'Lopezzzz-',
  'M. ',
  "Lopez's ",
  '111 North ',
  'x-1111 ',
  'last four 1111 ',
  '3 West ',
  'Staff1 Quoin1 ',
  '\u738b',
  '\u0301',
  ' ',
  '\n',
  '&#',
  'Q1111111 ',
]

test.for(PIECES)('100 KB of %j with all that a patient and a site may bring take less than four seconds', (piece) => {
  const text = piece.repeat(Math.ceil(100_000 / piece.length))
  engine.detect('', { known })
  const begunMs = threadMs()
  engine.detect(text, { known })
  expect(threadMs() - begunMs).toBeLessThan(4_000)
})
