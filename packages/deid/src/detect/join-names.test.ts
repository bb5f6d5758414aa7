import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import type { TaggedSpan, Tagger } from '../types.ts'
import { describe as surfaces, isCovered } from './testing.ts'

const gazetteer = readFileSync(new URL('../../data/gazetteer.bin', import.meta.url))
const engine = createTextEngine({ gazetteer })

/** A tagger that says these words are names, as often as they stand. */
function sayingNames(words: readonly string[], score = 0.95): Tagger {
  return {
    id: 'sample',
    tag: (text) =>
      words.flatMap((word) =>
        Array.from(text.matchAll(new RegExp(word, 'g')), ({ index }): TaggedSpan => {
          return { start: index, end: index + word.length, class: 'NAME', role: 'unknown', score }
        }),
      ),
  }
}

describe('a name of which a stage saw a part is found whole (DI-01)', () => {
  test.for([
    ['Seen today: Zzyrqa Many Horses, 58.', 'Zzyrqa Many Horses', ['Zzyrqa', 'Horses']],
    ['hi its Zzyrqa Looking Elk, thanks', 'Zzyrqa Looking Elk', ['Zzyrqa', 'Elk']],
    ['This is Zzyrqa Comes at Night (DOB on file).', 'Zzyrqa Comes at Night', ['Zzyrqa Comes']],
    ['copies to Zzyrqa Rides the Horse and the clinic', 'Zzyrqa Rides the Horse', ['Zzyrqa Rides', 'Horse']],
    ['The male Zzyrqa Many Horses was admitted.', 'Zzyrqa Many Horses', ['Zzyrqa Many']],
    ['Findings were phoned at noon by To Zzyrqa.', 'To Zzyrqa', ['Zzyrqa']],
    ['This is Dat Zzyrqa (DOB on file).', 'Dat Zzyrqa', ['Zzyrqa']],
    ['Handoff from Zzyrqa Anh Man RN to the night team.', 'Zzyrqa Anh Man', ['Zzyrqa Anh']],
    ['uh, this is the clinic, patient man zzyrqa, seen today', 'man zzyrqa', ['zzyrqa']],
    ['THIS IS ZZYRQA HER MANY HORSES (DOB ON FILE) AND SHE IS WELL', 'ZZYRQA HER MANY HORSES', ['ZZYRQA']],
    ['patient: zzyrqa counts, may 26, 1928. she is well today', 'zzyrqa counts', ['zzyrqa']],
    ['patient: not great, dr. takes zzyrqa. thanks', 'takes zzyrqa', ['zzyrqa']],
    ['The band reads POOL, ZZYRQA today.', 'POOL, ZZYRQA', ['ZZYRQA']],
    ['referral\nto: a. zzyrqa, rn, the clinic', 'a. zzyrqa', ['zzyrqa']],
    ['Then St. Zzyrqa was paged.', 'St. Zzyrqa', ['Zzyrqa']],
    ['received from unit five by zzyrqa plenty coups, rn.', 'zzyrqa plenty coups', ['zzyrqa plenty']],
    [
      'REPORT\nZZYRQA LOOKING ELK 8775\nThe lungs are clear and the Heart is normal.',
      'ZZYRQA LOOKING ELK',
      ['ZZYRQA', 'ELK'],
    ],
  ] as const)('%s', ([text, whole, said]) => {
    expect(
      isCovered(text, whole, createTextEngine({ gazetteer, tagger: sayingNames(said) }).detect(text), ['NAME']),
    ).toBe(true)
  })

  test.for([
    ['CT, ZZYRQA and MRI, Qoolth. vitamin d. Zzyrqa went.', ['ZZYRQA', 'Qoolth', 'Zzyrqa']],
    ['Zzyrqa and Qoolth came. Zzyrqa called Qoolth.', ['Zzyrqa', 'Qoolth']],
    ['Seen by Zzyrqa Tuesday at Clinic. Zzyrqa Phone: unlisted.', ['Zzyrqa']],
    ['Handed to Zzyrqa RN. Called Qoolth. Attending Zzyrqa agrees.', ['Zzyrqa', 'Qoolth']],
    ['I met Zzyrqa on 2025-04-18. Ask Zzyrqa Account 482910.', ['Zzyrqa']],
    ['ZZYRQA PAGED QOOLTH FOR PAIN AND ZZYRQA CAME TO SEE THE PATIENT', ['ZZYRQA', 'QOOLTH']],
  ] as const)('nothing beside it goes with it: %s', ([text, said]) => {
    const spans = createTextEngine({ gazetteer, tagger: sayingNames(said) }).detect(text)
    for (const name of surfaces(text, spans).filter((one) => one.startsWith('NAME ')))
      expect(said).toContain(name.slice('NAME '.length))
  })
})

describe('who is on duty, and titles in full (DI-01)', () => {
  test.for([
    ['6:50 PM Pool paged re: confusion. No new orders.', 'Pool'],
    ['She is out until Friday; Flood covers.', 'Flood'],
    ['Scans reviewed. Doctor Bland agrees with the plan.', 'Bland'],
    ['Patient Sunday, spelled Sick, seen for a cough.', 'Sick'],
    ['They named their first child Dat.', 'Dat'],
    ['FINDINGS WERE PHONED TO DOCTOR STILL AT NOON AND ACKNOWLEDGED.', 'STILL'],
    ['10:10am Still paged re: fever.', 'Still'],
    ['RADIOLOGY ADDENDUM\nROSE WAY WF667619\nThere is a nodule.', 'ROSE WAY'],
    ['addendum to the report\nman hope h54820-39\nbrain: normal', 'man hope'],
    ['Eve, can you pull the chart of room four?', 'Eve'],
    ['Handoff from Long RN to the day team at noon.', 'Long'],
  ] as const)('%s', ([text, name]) => {
    expect(isCovered(text, name, engine.detect(text), ['NAME'])).toBe(true)
  })

  test.for(['She called back. He paged about pain. It covers 80 %.', 'A Doctor Visit is due. Miss School less often.'])(
    'not: %s',
    (text) => {
      expect(engine.detect(text).filter((span) => span.class === 'NAME')).toEqual([])
    },
  )
})

describe('what looks like an identifier and is none (DI-02)', () => {
  test.for([
    'Section 187.77, code 60360 of CPT.',
    'Code,Description,Units\nC50.911,asthma,1\n99471,EGD,4\nE78.5,GERD,1',
    'version 3.7.20 of the protocol, page 4 of 7.',
    'page 9 of 10. May the team know',
    'Start at 18:35 ratio, 2 weeks.',
    'DOCTOR: BEND YOUR KNEE.\nPATIENT: OUCH.\nDOCTOR: DO YOU TAKE IT?\nPATIENT: I MAY SKIP ONE.',
    'ORDERS: Q7H, B.I.D., T.I.D., P.R.N. TAKE TWO AT NOON AND ONE AT MIDNIGHT.',
    'List the criteria of the Katz. Is a Barthel of 4 worrying? He wears a Miami J collar.',
    "A: UTI, Bell's palsy",
    'Who should get surgery according to the World Health Organization or the GINA?',
    'Art number 12.\nHi, can you help? So, could you help?',
    'SKIN BIOPSY WAS DONE IN 2012 WITHOUT COMPLICATIONS. CT ABDOMEN: NO THROMBUS.',
  ])('%s', (text) => {
    const kept = new Set(['YEAR', 'STATE', 'COUNTRY'])
    expect(engine.detect(text).filter((span) => !kept.has(span.class))).toEqual([])
  })

  test('a State that the tagger takes for a town is a State, and stays', () => {
    const town = (word: string, isWeak: boolean): Tagger => ({
      id: 'sample',
      tag: (text) => {
        const start = text.indexOf(word)
        return [{ start, end: start + word.length, class: 'CITY', role: 'unknown', score: isWeak ? 0.3 : 0.9, isWeak }]
      },
    })
    for (const isWeak of [true, false]) {
      const detect = (text: string, word: string) =>
        createTextEngine({ gazetteer, tagger: town(word, isWeak) })
          .detect(text)
          .map((span) => span.class)
      expect(detect('Moved from Ohio last year.', 'Ohio')).toEqual(['STATE'])
      expect(detect('Moved from Dayton, Ohio last year.', 'Ohio')).toEqual(['CITY'])
    }
  })
})
