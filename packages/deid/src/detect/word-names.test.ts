import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { isCovered } from './testing.ts'

const gazetteer = readFileSync(new URL('../../data/gazetteer.bin', import.meta.url))
const rules = createTextEngine({ gazetteer })

/** A model that says of one word, at its last place in the text, how little it takes it for a name. */
function detectWith(text: string, word: string, score: number) {
  const start = text.lastIndexOf(word)
  const tag = () => [
    {
      start,
      end: start + word.length,
      class: 'NAME' as const,
      role: 'unknown' as const,
      score,
      isWeak: true,
      ...(score < 0.25 && { isFaint: true }),
    },
  ]
  return createTextEngine({ gazetteer, tagger: { id: 'sample', tag } }).detect(text)
}

describe('names that are words of the language, by what stands beside them (DI-01)', () => {
  test.for([
    ['Mrs. Maribel "Mari" O’Quintanilla called.', 'O’Quintanilla'],
    ['Seen: Thomas (Tom) de Wetteringe, in person', 'Wetteringe'],
    ['Patient - Page\nProvider - Stone\nScribe - Leni', 'Stone'],
    ['Last: Field\nFirst: Summer\nSex: M', 'Field'],
    ['"patient": "Cross Hall", "author": "Pool"', 'Pool'],
    ['Banks|Lane|F|03/15/1938', 'Lane'],
    ['Taken by: Rose', 'Rose'],
    ['her case. This is Frank Pool (DOB 5/3/17). The rash is back.', 'Frank Pool'],
    ['can you pull the chart of Gates Field (93025415)?', 'Gates Field'],
    ['She came with Pool (granddaughter). No fever.', 'Pool'],
    ['patient: here with field (her uncle) today', 'field'],
    ['Carbon B. here w/ Gates. No fever.', 'Carbon B'],
    ['closed with nylon. Handoff from Independence Hall RN to Harbor RN at 9:00.', 'Independence Hall'],
    ['closed with nylon. Handoff from Independence Hall RN to Harbor RN at 9:00.', 'Harbor'],
    ['closed. handoff from omni field rn to banks rn at 3:33.', 'banks'],
    ['Findings were phoned to Dr. Okafor at 8:10 PM by Rose Pool.', 'Rose Pool'],
    ['The pharmacist Banks wants another level.', 'Banks'],
    ['Dictated Stone, typed Field.', 'Field'],
    ['His great-aunt Pool lived to 101.', 'Pool'],
    ['I have used all my pills and Dr. Okafor needs it by Friday. Rose', 'Rose'],
    ['no fever. mrs. z. snyder sleeps well', 'z. snyder'],
    ['Awaiting. Okafor, M. had a scan.', 'Okafor, M'],
    ['Nurse Amy Field, spinal fusion. Field wrote the note.', 'Field'],
  ] as const)('%s: %s', ([text, value]) => {
    expect(isCovered(text, value, rules.detect(text), ['NAME'])).toBe(true)
  })

  test.for([
    ['dr. okafor is out until tuesday; rivers covers. no fever.', 'rivers'],
    ['No fever. Dr. Okafor is away this week; Gravel is covering.', 'Gravel'],
    ['ROSE CALLED RE TINSEL (3/15/61). THE RASH IS BACK', 'TINSEL'],
    ['he named his dog rex and his first child gravel.', 'gravel'],
    ['thank you for calling the clinic, this is tinsel.\ncaller: yes, a refill', 'tinsel'],
    ['yes, this is amy gravel, date of birth 2/3/1956.', 'amy gravel'],
    ["no fever. coverage under tinsel's plan, paid.", 'tinsel'],
    ['fax the form, attn amy gravel.', 'amy gravel'],
    ['the neighbor, tag gravel, found her on the floor.', 'tag gravel'],
    ['seen today, patient tinsel gravel, spelled gravel, with gout', 'tinsel gravel'],
    ['guest: tinsel here, she took 4 pills', 'tinsel'],
    ['10:15 Gravel paged re: chest pain.', 'Gravel'],
    ['tinsel, can you pull the labs?', 'tinsel'],
    ['no fever. dr. gravel and dr. okafor agree with surgery.', 'gravel'],
    ['[doctor] alright tinsel take care .', 'tinsel'],
    ['Sent to TRULY LOPEZ, who signed.', 'TRULY LOPEZ'],
    ['What should I tell Gravel about stopping it?', 'Gravel'],
    ['I had the pleasure of seeing Gravel in clinic today.', 'Gravel'],
    ['Blood drawn by Gravel; sent to the lab.', 'Gravel'],
    ['Vitals stable. Gravel tolerated the scan well.', 'Gravel'],
    ['No fever. Gravel, thanks for your message.', 'Gravel'],
  ] as const)('told by the frame: %s: %s', ([text, value]) => {
    expect(isCovered(text, value, rules.detect(text), ['NAME'])).toBe(true)
  })

  test('an ordinary word of a name again, in small letters, where it acts', () => {
    const text = 'mrs. pool was seen for lupus. she sleeps well. pool denies nausea. the public pool is closed'
    const spans = rules.detect(text)
    expect(spans.some(({ start }) => start === text.indexOf('pool denies'))).toBe(true)
    expect(spans.some(({ start }) => start === text.indexOf('pool is'))).toBe(false)
  })

  test.for([
    'Patient - Stable\nProvider - None\nScribe - Staff',
    'Last: Pending\nFirst: None',
    'Stroke (mother), gout (father), no cancer (aunt).',
    'Report to charge RN. Handoff to night RN at 7.',
    'phoned to the ward at 8:10 PM by pharmacy.',
    'Back here with fever. Ward here for now.',
    'the chart of vitals (93025415)',
    'Rice|Beans|10|2',
    'Typed early, signed over. Dictated by phone.',
    'My knee hurts. We need it by Friday. Stable',
    'the ward is out until tuesday; nobody covers.',
    'thank you for calling the clinic, this is urgent.\ncaller: a refill',
    'he named his dog and his cat. attn billing.',
    'also, can you pull the labs? right here, he said.',
    '12 gravel dr, no fever. call the dr. visit is done.',
    '[doctor] okay great take care .',
    'bread water garden music table music music chair',
    'Taken by mouth. Followed by Hospice. Ask Pharmacy. Tell Radiology first.',
    'Family notified of results. Staff will see the patient. Nursing noted that the patient slept.',
    'Additionally, please call us. Thanks, your labs are fine.',
  ])('nobody: %s', (text) => {
    expect(rules.detect(text).filter((span) => span.class === 'NAME')).toEqual([])
  })
})

describe('a model that hardly takes a word for a name, and a place that does (DI-06)', () => {
  test.for([
    ['No fever. The chaplain Field came by.', 'Field', 0.03],
    ['They swapped beds with the other Banks today.', 'Banks', 0.1],
    ['no fever. appreciate field and the team', 'field', 0.3],
    ['No fever.\nStone 6pm', 'Stone', 0.1],
  ] as const)('%s', ([text, word, score]) => {
    expect(isCovered(text, word, detectWith(text, word, score), ['NAME'])).toBe(true)
  })

  test('a word that it half takes for a name, only beside a found one', () => {
    const beside = 'No fever. Dr. Okafor, Gravel had a scan.'
    expect(isCovered(beside, 'Gravel', detectWith(beside, 'Gravel', 0.1), ['NAME'])).toBe(true)
    const alone = 'No fever. The wards, Gravel had a scan.'
    expect(isCovered(alone, 'Gravel', detectWith(alone, 'Gravel', 0.03), ['NAME'])).toBe(false)
  })

  test.for([
    ['Field notes are late.', 'Field', 0.03],
    ['Stone gave pain.', 'Stone', 0.1],
    ['a field of view', 'field', 0.1],
    ['Doctor: Who is at home?\nPatient: Just me and my son.', 'Just', 0.03],
    ['Uses a Foley today.', 'Foley', 0.2],
  ] as const)('nobody: %s', ([text, word, score]) => {
    expect(detectWith(text, word, score).filter((span) => span.class === 'NAME')).toEqual([])
  })
})
