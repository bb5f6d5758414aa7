import { describe, expect, test } from 'vitest'
import type { DeidentifyOptions, PhiClass, ProfileName, Role, Span } from '../types.ts'
import { applyPlan, planSpans } from './index.ts'
import { findZip3 } from './zip.ts'

/** Reads `{CLASS:surface}` and `{CLASS/role:surface}` as a text with its spans. */
function readMarked(marked: string): { text: string; spans: Span[] } {
  const spans: Span[] = []
  let text = ''
  let at = 0
  for (const found of marked.matchAll(/\{([A-Z_]+)(?:\/(\w+))?:([^}]*)\}/g)) {
    text += marked.slice(at, found.index)
    at = found.index + found[0].length
    const [, phiClass, role, surface = ''] = found
    const start = text.length
    text += surface
    spans.push({
      start,
      end: text.length,
      class: phiClass as PhiClass,
      role: (role ?? 'patient') as Role,
      score: 1,
      sources: [],
    })
  }
  return { text: text + marked.slice(at), spans }
}

function release(marked: readonly string[], options: DeidentifyOptions = {}, profile: ProfileName = 'safe-harbor') {
  const read = marked.map(readMarked)
  const texts = read.map(({ text }) => text)
  const planned = planSpans(
    texts,
    read.map(({ spans }) => spans),
    profile,
    options,
  )
  return texts.map((text, index) => applyPlan(text, planned[index] ?? [], options.token).text)
}

describe('ages: 89 stays, 90 and more are one category (DI-04)', () => {
  test.for([
    ['aged {AGE:89}', 'aged 89'],
    ['a woman, {AGE:02139}', 'a woman, [AGE]'],
    ['Mr. Roe, {AGE:67, Boston}', 'Mr. Roe, [AGE]'],
    ['{AGE:AGE 67 YEARS}, {AGE:Sixty-seven years old}', 'AGE 67 YEARS, Sixty-seven years old'],
    ['de {AGE:noventa y tres años}', 'de 90 or older'],
    ['de {AGE:Ciento dos años}, {AGE:veintitrés años}', 'de 90 or older, veintitrés años'],
    ['de {AGE:ochenta y nueve años de edad}', 'de ochenta y nueve años de edad'],
    ['de noventa y {AGE:tres años}', 'de noventa y [AGE]'],
    ['aged {AGE:90}', 'aged 90 or older'],
    ['aged {AGE:101}', 'aged 90 or older'],
    ['She is {AGE:ninety-three}.', 'She is 90 or older.'],
    ['a {AGE:ninety-three-year-old} man', 'a 90 or older man'],
    ['she is {AGE:one hundred and two}', 'she is 90 or older'],
    ['She is {AGE:in her 90s}.', 'She is 90 or older.'],
    ['She is in her {AGE:90s}.', 'She is 90 or older.'],
    ['He is in his late {AGE:nineties}.', 'He is 90 or older.'],
    ['She is in her {AGE:80s}.', 'She is in her 80s.'],
    ['the {AGE:nonagenarian}', 'the person aged 90 or older'],
    ['the {AGE:centenarian}', 'the person aged 90 or older'],
    ['the {AGE:octogenarian}', 'the octogenarian'],
    ['{AGE:101 y/o} female', '90 or older female'],
    ['{AGE:95M} with cough', '90 or older with cough'],
    ['{AGE:95Y}', '90 or older'],
    ['{AGE:095Y}', '90 or older'],
    ['{AGE:089Y}', '089Y'],
    ['{AGE:095M}', '095M'],
    ['{AGE:095D}', '095D'],
    ['{AGE:100 months}', '100 months'],
    ['{AGE:999 months}', '999 months'],
    ['{AGE:eighty-nine}', 'eighty-nine'],
    ['{AGE:Age: 97}', 'Age: 90 or older'],
    ['follow up in {AGE:90} days', 'follow up in 90 days'],
    ['{AGE:90 days} old', '90 days old'],
    ['take {AGE:90} mg', 'take 90 mg'],
    ['{AGE:90 mg}', '90 mg'],
    ['age > {AGE:90} excluded', 'age > 90 excluded'],
    ['{AGE:age > 90} excluded', 'age > 90 excluded'],
    ['exclusion: older than {AGE:95} years', 'exclusion: older than 95 years'],
    ['Age > {AGE:95}', 'Age > 89'],
    ['she is over {AGE:92}', 'she is over 89'],
    ['she is {AGE:over 92}', 'she is 90 or older'],
    ['{AGE:90 or older}', '90 or older'],
    ['{AGE:90} or older', '90 or older'],
    ['aged {AGE:90}+', 'aged 90+'],
    ['{AGE:unreadable}', '[AGE]'],
  ])('%s', ([marked = '', expected = '']) => {
    expect(release([marked])).toEqual([expected])
  })
})

describe('ages that years add up to (DI-04)', () => {
  test.for([
    ['85 in 2015 and seen in 2024 is 94', ['{AGE:85} in {YEAR:2015}, seen {YEAR:2024}'], ['[AGE] in 2015, seen 2024']],
    ['84 in 2015 and seen in 2020 is 89', ['{AGE:84} in {YEAR:2015}, seen {YEAR:2020}'], ['84 in 2015, seen 2020']],
    [
      'the year may come first',
      ['In {YEAR:2015} she was {AGE:85}. Now {DATE:3/4/2024}.'],
      ['In 2015 she was [AGE]. Now 2024.'],
    ],
    [
      'the year of a date under its label',
      ['Seen: {DATE:2015-03-04}\nAge: {AGE:85}', 'Addendum {DATE:2024-01-02}'],
      ['Seen: 2015\nAge: [AGE]', 'Addendum 2024'],
    ],
    [
      'a year of something else does not count',
      ['{AGE:78} with an infarction in {YEAR:2008}, seen {YEAR:2024}'],
      ['78 with an infarction in 2008, seen 2024'],
    ],
    ['born 1910, seen 2010', ['born {YEAR:1910}, seen {YEAR:2010}'], ['born on or before 1920, seen 2010']],
    ['after a preposition', ['born in {YEAR:1910}, seen {YEAR:2010}'], ['born in 1920 or earlier, seen 2010']],
    ['a difference of 89 stays', ['DOB {DATE:03/04/1921}, seen {YEAR:2010}'], ['DOB 1921, seen 2010']],
    ['a difference of 90 goes', ['DOB {DATE:03/04/1920}, seen {YEAR:2010}'], ['DOB on or before 1920, seen 2010']],
    [
      'over the parts of one document, also those written before',
      ['DOB {DATE:1/2/1930}; seen {DATE:1/2/2015}', 'seen {DATE:1/2/2020}'],
      ['DOB on or before 1930; seen 2015', 'seen 2020'],
    ],
    [
      'an age of 90 takes the birth year with it',
      ['DOB {DATE:1/2/1928}, a {AGE:95-year-old}'],
      ['DOB [DATE], a 90 or older'],
    ],
    [
      "a relative's birth year stays beside it",
      ['A {AGE:95-year-old}; son born {YEAR/relative:1960}'],
      ['A 90 or older; son born 1960'],
    ],
  ] as const)('%s', ([, marked, expected]) => {
    expect(release(marked)).toEqual(expected)
  })

  test('the year of the release counts when it is given', () => {
    expect(release(['born {YEAR:1930}'], { releaseYear: 2026 })).toEqual(['born on or before 1936'])
    expect(release(['born {YEAR:1930}'])).toEqual(['born 1930'])
  })
})

describe('dates: the year stays (DI-04)', () => {
  test.for([
    ['{DATE:3/4/2023}', '2023'],
    ['{DATE:2023-03-04T10:20:30Z}', '2023'],
    ['{DATE:20230304}', '2023'],
    ['{DATE:20230304102030}', '2023'],
    ['{DATE:March 4, 2023}', '2023'],
    ['{DATE:4 March 2023}', '2023'],
    ['{DATE:the 4th of March, 2023}', '2023'],
    ['{DATE:04-MAR-2023}', '2023'],
    ['{DATE:04.03.2023}', '2023'],
    ['{DATE:March 2021}', '2021'],
    ['{DATE_PART:Q3 2021}', '2021'],
    ['{DATE_PART:Christmas 2020}', '2020'],
    ['{DATE:2019-2021}', '2019-2021'],
    ['{DATE:1/2/2019 to 3/4/2021}', '2019-2021'],
    ['{DATE:3/4/2023 at 1930}', '2023'],
    ['{DATE:3/4/23 1930 hrs}', '2023'],
    ['{YEAR:2023}', '2023'],
    ['{DATE:March 4}', '[DATE]'],
    ['{DATE:5/14}', '[DATE]'],
    ['{DATE_PART:Tuesday}', '[DATE]'],
    ['{TIME:10:45 am}', '[TIME]'],
    ['{DATE:3/4/23}', '2023'],
    ['{DATE:3/4/30}', '2030'],
    ['{DATE:3/4/31}', '1931'],
    ["{DATE:March '98}", '1998'],
    ['DOB {DATE:3/4/28}, seen {DATE:1/1/2024}', 'DOB on or before 1934, seen 2024'],
    ['due {DATE:3/4/28}, seen {DATE:1/1/2024}', 'due 2028, seen 2024'],
    ['{DATE:2/30/2023}', '[DATE]'],
    ['{DATE:2023-02-30}', '[DATE]'],
    ['{DATE:2/29/2023}', '[DATE]'],
    ['{DATE:2/29/2024}', '2024'],
    ['{DATE:February 30, 2023}', '[DATE]'],
    ['{DATE:31 April 2023}', '[DATE]'],
    ['{DATE:13/13/2023}', '[DATE]'],
    ['{DATE:20231304}', '[DATE]'],
  ])('%s', ([marked = '', expected = '']) => {
    expect(release([marked])).toEqual([expected])
  })
})

describe('ZIP codes: three digits, by an allow-list (DI-03)', () => {
  test.for([
    ['03601', '000'],
    ['20210', '000'],
    ['75301', '000'],
    ['09012', '000'],
    ['00501', '000'],
    ['96910', '000'],
    ['89012', '890'],
    ['57601', '576'],
    ['02139-4307', '021'],
    ['021394307', '021'],
    ['2139-4307', '021'],
    ['3601', '000'],
    ['2139', '021'],
    ['360', '000'],
  ])('%s', ([zip = '', expected = '']) => {
    expect(findZip3(zip)).toBe(expected)
    expect(release([`MA {ZIP:${zip}}`])).toEqual([`MA ${expected}**`])
  })

  test('of all 100,000 strings 87,600 keep their prefix', () => {
    let kept = 0
    let untold = 0
    for (let number = 0; number < 100_000; number++) {
      const zip = String(number).padStart(5, '0')
      const found = findZip3(zip)
      if (found === '000') untold++
      else if (found === zip.slice(0, 3)) kept++
    }
    expect({ kept, untold }).toEqual({ kept: 87_600, untold: 12_400 })
  })

  test('what is no ZIP code goes whole', () => {
    expect(release(['{ZIP:SW1A 1AA}', '{ZIP:021**}', '{ZIP:021}**.'])).toEqual(['[ZIP]', '021**', '021**.'])
  })
})

describe('classes', () => {
  test('States and countries stay, the rest becomes a tag', () => {
    const marked = '{NAME:Ana Diaz}, {CITY:Springfield}, {STATE:Ohio}, {COUNTRY:USA}; {PHONE:555-0100}, {EMPLOYER:Acme}'
    expect(release([marked])).toEqual(['[NAME], [CITY], Ohio, USA; [PHONE], [EMPLOYER]'])
  })

  test('clinicians go as well, unless the caller keeps them (DI-02)', () => {
    const marked = ['{NAME:Ana Diaz} saw Dr. {NAME/clinician:Bo Li}']
    expect(release(marked)).toEqual(['[NAME] saw Dr. [NAME]'])
    expect(release(marked, { includeClinicians: false })).toEqual(['[NAME] saw Dr. Bo Li'])
  })

  test('what went out once goes out unchanged', () => {
    const [first = ''] = release(['born {YEAR:1910}, {AGE:96}, seen {DATE:1/2/2010}, MA {ZIP:02139}'])
    expect(first).toBe('born on or before 1920, 90 or older, seen 2010, MA 021**')
    expect(release(['born on or before {YEAR:1920}, {AGE:90 or older}, seen {YEAR:2010}, MA {ZIP:021**}'])).toEqual([
      first,
    ])
    expect(release(['born in {YEAR:1920} or earlier, seen {YEAR:2010}'])).toEqual([
      'born in 1920 or earlier, seen 2010',
    ])
  })
})

describe('gateway: tokens', () => {
  const token = (phiClass: string, surface: string) => `<${phiClass}${surface.length}>`

  test.for([
    ['{NAME:Maria Lopez}', '<NAME5> <NAME5>'],
    ['{NAME:Lopez, Maria J.}', '<NAME5>, <NAME5> <NAME1>.'],
    ['{NAME:Dr. Bo O’Brien-Li}', 'Dr. <NAME2> <NAME10>'],
    ["{NAME:Maria Lopez's} chart", "<NAME5> <NAME5>'s chart"],
    ["'{NAME:Maria}'", "'<NAME5>'"],
    ["{NAME:'Maria}'", "'<NAME5>'"],
    ['{NAME:Ngô Thị}', '<NAME3> <NAME3>'],
    ['{FACILITY:General Hospital}', '<FACILITY16>'],
    ['{DATE:3/4/2023} {TIME:10:00}', '<DATE8> <TIME5>'],
    ['{ZIP:02139}, {STATE:Ohio}', '<ZIP5>, Ohio'],
    ['{SSN:078-05-1120}', '[SSN]'],
    ['{AGE:95} and {AGE:85}', '90 or older and 85'],
  ])('%s', ([marked = '', expected = '']) => {
    expect(release([marked], { token }, 'gateway')).toEqual([expected])
  })

  test('without a token maker nothing comes out', () => {
    expect(() => release(['{NAME:Maria}'], {}, 'gateway')).toThrow(
      expect.objectContaining({ code: 'keys.unavailable' }),
    )
  })
})
