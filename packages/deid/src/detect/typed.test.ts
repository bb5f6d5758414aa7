import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { describe } from './testing.ts'

const engine = createTextEngine({ gazetteer: readFileSync(new URL('../../data/gazetteer.bin', import.meta.url)) })

function names(text: string): string[] {
  return describe(
    text,
    engine.detect(text).filter((span) => span.class === 'NAME'),
  ).map((line) => line.slice('NAME '.length))
}

test.each([
  ['a title and diacritics', 'Seen today: mr. josé garcía, 58, for BP.', ['josé garcía']],
  ['a title without a full stop', 'Spoke with ms jackson and dr patel. BP is fine.', ['jackson', 'patel']],
  ['a title and an ordinary word', 'Seen today: mr. lee is on lisinopril for his BP.', ['lee']],
  ['capitals, the family name a town too', 'JONES, MARY ANN\nF\nAllergies: sulfa', ['JONES, MARY ANN']],
  ['a relation', 'Mr. Ito was seen. His daughter brittany drove him.', ['Ito', 'brittany']],
  ['a relation and a word of the laboratory that acts', 'The plan is set. His wife ana works nights.', ['ana']],
  ['a patient cue', 'CC: cough. pt maria lopez c/o chest pain x 2 days.', ['maria lopez']],
  ['a title before a particle', 'Results went to Dr. van der Berg by phone.', ['van der Berg']],
  ['a family name with an article', 'Prescriber: Hamid al-Rashid, MD', ['Hamid al-Rashid']],
  ['a particle before a comma form', 'Patient name: de la Cruz, María', ['de la Cruz, María']],
  ['a suffix', 'Mr. Owen Hartley III is stable.', ['Owen Hartley III']],
  ['an ordinary surname after Ms.', 'Ms. Long has asthma.', ['Long']],
  ['an age and sex right behind', 'Consult for Li Na, 33F, with asthma.', ['Li Na']],
  ['an unlisted name of a relative', 'Her uncle Thabo is present.', ['Thabo']],
])('names by %s', (_, text, expected) => {
  expect(names(text)).toEqual(expected)
})

test.each([
  'Her mother has dm, father drew a blank, sister will get tested, brother works nights, son takes concerta.',
  'Mr. pt denies pain; patient reports nausea, husband concerned, partner supportive, ana positive 1:160.',
  "I've had headaches. We'll call. I'd rather wait.",
  'Patient: Better, doctor.\nDoctor: Any pain?\nPatient: Maybe at night.',
  'Grant access to the chart. Bill insurance. Chase cultures. Mark the site.',
  'Insert a 16 Fr Foley. Zinman et al. found the Bohr effect and the Haldane effect.',
  'Draft a letter. Summarize the note. Translate it.',
])('no name in %j', (text) => {
  expect(names(text)).toEqual([])
})

test.each([
  'We compare Claude 3.5 Sonnet, Llama 3, Gemini Pro and Mistral Large.',
  'Ask Claude to draft it, then have Gemma check it. Watson missed it; Grok did not.',
  'Is Qwen or Phi better than Gemini? We use Athena, Epic and Cerner.',
])('models and tools are nobody: %s', (text) => {
  expect(names(text)).toEqual([])
})

test.each([
  ['a surname', 'Claude Beaumont is a 70-year-old man.', ['Claude Beaumont']],
  ['a patient cue', 'Patient Gemma Hartley was seen. Gemma is well.', ['Gemma Hartley', 'Gemma']],
  ['a title', 'Seen by Dr. Watson.', ['Watson']],
])('a name that a model bears too is a person with %s', (_, text, expected) => {
  expect(names(text)).toEqual(expected)
})

test.each([
  ['(978-555-0142)', '978-555-0142'],
  ['(978) 555-0142', '(978) 555-0142'],
  ['((978) 555-0142)', '(978) 555-0142'],
])('a parenthesis belongs to a phone number only around its area code: %s', (text, expected) => {
  expect(describe(text, engine.detect(`Reach the clinic ${text}.`)).length).toBe(1)
  const [span] = engine.detect(text)
  expect(text.slice(span?.start, span?.end)).toBe(expected)
})

test.each([
  ['MAR | 0900 given | 1400 held', ['TIME 0900', 'TIME 1400']],
  ['Found unresponsive at 1420.', ['TIME 1420']],
  ['Heparin at 1400 units, vitamin D 2000 IU, 1200 mg | 1200 mg', []],
])('clock times of wards: %s', (text, expected) => {
  expect(describe(text, engine.detect(text))).toEqual(expected)
})

test('names and towns are found by their keys in JSON', () => {
  const text = '{"name":[{"family":"Zq","given":["Xu","P"]}],"address":[{"city":"Vellmar"}]}'
  expect(describe(text, engine.detect(text))).toEqual(['NAME Zq', 'NAME Xu', 'NAME P', 'CITY Vellmar'])
})

test('an identifier after ID is not taken for Idaho', () => {
  const text = 'Interpreter: Vietnamese, ID 482913'
  expect(describe(text, engine.detect(text))).toEqual(['OTHER_ID 482913'])
})

// Made from parts: a scanner of repositories would take them for somebody's.
test.each([
  ['AWS', `AKIA${'Q2W3E4R5T6Y7U2I3'}`],
  ['Google', `AIza${'x1Y2_z3-'.repeat(4)}abc`],
  ['GitHub', `gho_${'a1B2'.repeat(9)}`],
  ['GitLab', `glpat-${'a1B2'.repeat(5)}`],
  ['Slack', `xoxb-${'1'.repeat(5)}-${'2'.repeat(5)}-${'Ab3'.repeat(8)}`],
])('a key of %s is a credential as a whole', (_, key) => {
  expect(describe(`key=${key} now`, engine.detect(`key=${key} now`))).toEqual([`OTHER_ID ${key}`])
})
