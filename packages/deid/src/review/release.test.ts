import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { releaseSpans } from './release.ts'

const TEXT = 'Pt Maria Lopez, 93, born 03/04/1931, seen at Mercy General Hospital in 2016. MRN 00123456.'
const engine = createTextEngine({ gazetteer: await readFile(new URL('../../data/gazetteer.bin', import.meta.url)) })

test('the spans of detection give what deidentify gives', () => {
  const released = releaseSpans(TEXT, engine.detect(TEXT), 'safe-harbor')
  const done = engine.deidentify(TEXT, 'safe-harbor')
  expect(released.text).toBe(done.text)
  expect(released.changes.map(({ from }) => from)).toEqual(done.spans.map(({ start, end }) => ({ start, end })))
})

test('without spans nothing changes', () => {
  expect(releaseSpans(TEXT, [], 'safe-harbor')).toMatchObject({ text: TEXT, changes: [] })
})

test('a place of the release leads back to the same words, or to the whole span that was replaced', () => {
  const released = releaseSpans(TEXT, engine.detect(TEXT), 'safe-harbor')
  for (const { from, to } of released.changes) expect(released.toOriginal(to)).toEqual(from)
  for (const word of ['Pt', 'seen', '2016']) {
    const start = released.text.indexOf(word)
    const back = released.toOriginal({ start, end: start + word.length })
    expect(TEXT.slice(back.start, back.end)).toBe(word)
  }
})
