import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { readKnownPatient } from '../known/index.ts'
import type { Tagger } from '../types.ts'
import { isClinicalCode } from './clinical-codes.ts'
import { threadMs } from '../testing/thread-time.ts'

const gazetteer = readFileSync(new URL('../../data/gazetteer.bin', import.meta.url))
/** As sure of every word with a digit as a tagger can be. */
const sure: Tagger = {
  id: 'sure',
  tag: (text) =>
    Array.from(text.matchAll(/\S*\d[^\s,.;:]*/g), ({ index, 0: { length } }) => ({
      start: index,
      end: index + length,
      class: 'LICENCE',
      role: 'unknown',
      score: 0.99,
    })),
}
const engine = createTextEngine({ gazetteer, tagger: sure })

describe('codes of classifications are nobody’s, however sure a model is (DI-06)', () => {
  test.for([
    ['ICD-10 E78.5', 'E78'],
    ['ICD10 code S72.001A billed', 'S72.001A'],
    ['(E11.9)', 'E11.9'],
    ['CPT codes 99213, 93000 and 36415 were billed', '36415'],
    ['CPT 99214-25', '99214-25'],
    ['HCPCS J1885, G0439', 'G0439'],
    ['LOINC 4548-4', '4548-4'],
    ['SNOMED CT 73211009', '73211009'],
    ['RxCUI: 314076', '314076'],
    ['NDC 0002-8215-01', '0002-8215-01'],
    ['MS-DRG 291', '291'],
    ['PMID: 31535829', '31535829'],
    ['doi:10.1056/NEJMoa1911303', 'NEJMoa1911303'],
    ['JAMA. 2020;323(13):1239-1242', '1239-1242'],
    ['BRAF V600E', 'V600E'],
    ['BRCA1 c.68_69delAG', 'c.68_69delAG'],
    ['rs7903146 TT', 'rs7903146'],
    ['HLA-B*57:01', '57:01'],
    ['Gleason 3+4=7', '3+4=7'],
    ['platelets 150-400', '150-400'],
    ['E. coli O157:H7', 'O157:H7'],
    ['CAS 50-78-2', '50-78-2'],
    ['port 8443', '8443'],
    ['CVE-2024-3094 is mended', 'CVE-2024-3094'],
    ['tz America/Los_Angeles', 'Angeles'],
    ['or Europe/London', 'London'],
    ['int x = 2147483647;', '2147483647'],
    ['color: #1e293b; border: 1px solid #e2e8f0', '1e293b'],
    ['a palette of #ff0000 and #00ff000a', '00ff000a'],
  ] as const)('%s', ([text, code]) => {
    const start = text.indexOf(code)
    expect(isClinicalCode(text, start, start + code.length)).toBe(true)
    const spans = engine.plan([text], 'gateway')[0] ?? []
    expect(spans.filter(({ end }) => end > start && end <= start + code.length)).toEqual([])
  })

  test.for([
    ['MRN 44172036', '44172036'],
    ['CPT 99214, MRN 44172036', '44172036'],
    ['port 44172036', '44172036'],
    ['LOINC 4548-44172', '4548-44172'],
    ['call 555-0142', '555-0142'],
    ['Springfield 62704', '62704'],
    ['E11.9\n44172036', '44172036'],
    ['SSN 078-05-1120', '078-05-1120'],
    ['seen by Europe/Maria_Lopez', 'Lopez'],
  ] as const)('what is none stays an identifier: %s', ([text, value]) => {
    const start = text.indexOf(value)
    expect(isClinicalCode(text, start, start + value.length)).toBe(false)
  })

  test('a known identifier behind a label of a classification is the patient’s', () => {
    const known = [readKnownPatient({ identifiers: ['73211009'] })]
    const [span] = engine.plan(['SNOMED CT 73211009'], 'gateway', { known })[0] ?? []
    expect(span?.end).toBe(18)
  })

  test('a hostile stretch takes no time that grows with the text', () => {
    for (const piece of ['1,', 'E11.9, ', 'CPT ', 'p.', '9-', 'G1P', '#a1b2c3 css ', 'Asia/Aa_']) {
      const text = piece.repeat(50_000)
      const begunMs = threadMs()
      for (let at = 0; at < 50; at++) isClinicalCode(text, 1000 * at, 1000 * at + 4)
      expect(threadMs() - begunMs).toBeLessThan(2_000)
    }
  })
})
