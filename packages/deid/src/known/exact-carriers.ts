import fc from 'fast-check'

/** Texts that say nothing of themselves about what stands in them, and texts that speak against it. */
const CARRIERS: readonly (readonly [string, string])[] = [
  ['', ''],
  ['', ' is doing well and asks for a refill.'],
  ['We discussed the case of ', ' this afternoon and agreed on rest.'],
  ['no acute distress; ', ' tolerated it well'],
  ['Plan reviewed.\n', '\nContinue as before.'],
  ['lungs clear (', ') no edema'],
  ['HPI: ', ' presents with chest pain.'],
  ['ASSESSMENT AND PLAN:\n', ', follow up in 2 weeks.'],
  ['| Room | Patient | Dx |\n|---|---|---|\n| 12 | ', ' | CHF |'],
  ['12\t', '\t98.6\t120/80\n'],
  ['BP 120/80, ', ', 5 mg daily'],
  ['seen 3/4/2021 ', ' 3/5/2021'],
  ['in Springfield, IL ', ' Illinois'],
  ['"', '"'],
  ["'", "'"],
  ['{"patient":{"name":"', '","mrn":null}}'],
  ['{"note": "Seen today: ', '."}'],
  ['<td>', '</td>'],
  ['Dr. ', ' signed this.'],
  ['metformin 500 mg for ', ' aspirin 81 mg'],
  ['Parkinson disease, Foley catheter, ', ', Glasgow coma scale 15'],
  ['POD 3, ', ', 4-0 suture'],
  ['age 45 ', ' 45 years old'],
  ['/data/charts/', '/note.txt'],
  ['see ', '.pdf'],
  ['https://example.org/patients/', '/chart?tab=2'],
  ['https://example.org/find?q=', '&tab=2'],
  ['mailto:', '@example.org'],
  ['const patient = "', '" // TODO'],
  ['Re: ', ' - cirrhosis\n\nDear team,'],
  ['- ', '\n- labs pending'],
  ['# ', '\n\nText.'],
  ['**', '** was seen'],
  ['ALL SYSTEMS REVIEWED AND NEGATIVE. ', ' TOLERATED THE PROCEDURE WELL AND WENT HOME.'],
  ['the labs came back fine and ', ' went home later on with the usual advice'],
  ['\u{1f600} ', ' \u{1f600}'],
  ['and so it was said by ', ''],
]

export const carrier: fc.Arbitrary<readonly [string, string]> = fc.constantFrom(...CARRIERS)

/** The value in its carrier, and where it begins. */
export function put([before, after]: readonly [string, string], value: string): { text: string; at: number } {
  return { text: `${before}${value}${after}`, at: before.length }
}
