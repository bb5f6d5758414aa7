import { MONTH, MONTHS, ONES, SHORT_YEAR, TEENS, TENS, YEAR } from './date-words.ts'
import { after, at, before, END, type Pattern, type Surroundings } from './pattern.ts'

const DAY = '(?:0?[1-9]|[12]\\d|3[01])(?!\\d)(?:st|nd|rd|th)?'
const SPOKEN_DAYS =
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth twenty thirty'.split(
    ' ',
  )
const SPOKEN_DAY = `(?:(?:twenty|thirty)[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|${SPOKEN_DAYS.slice(0, -2).join('|')})`
const SPOKEN_YEAR = `(?:two thousand|nineteen|twenty)(?:[ -](?:and |oh[ -]|hundred )?(?:${TENS}(?:[ -]${ONES})?|${TEENS}|${ONES}))?`
const RANGE = '\\s?(?:-|to|through|thru|until|and|&)\\s?'
const CLOCK =
  '(?:[T ,]{1,2}(?:at )?\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,6})?)?(?:\\s?[ap]\\.?m\\b\\.?)?(?:Z|\\s?[+-]\\d{2}:?\\d{2})?|[ ,@]{1,3}(?:at )?(?:[01]\\d|2[0-3])[0-5]\\d(?:\\s?h(?:rs?|ours)?)?(?![\\w./-]|\\s?(?:mg|mcg|ml|units?|iu|cc|k?cal)\\b))?'

/** A number pair or triple that is a day and a month. */
function isCalendar(value: string): boolean {
  const [a = 0, b = 0] = value.split(/[^\d]+/).map(Number)
  return a > 0 && b > 0 && a <= 31 && b <= 31 && (a <= 12 || b <= 12)
}

function judgeTriple(value: string, around: Surroundings): number {
  if (!isCalendar(value)) return /(?:19|20)\d{2}$/.test(value) ? 0.7 : 0
  return /\d[./-]$/.test(before(around, 2)) || /^[./-]\d/.test(after(around, 2)) ? 0 : 0.95
}

const DATED =
  /(?:\b(?:on|dated?|since|from|by|until|till|through|before|after|visit|seen|dob|d\.o\.b\.?|born|dos|admitted|adm|discharged|d\/c|due|lmp|edd|appt|appointment|scheduled|starting|started|ended?|labs?|week of|today|tomorrow|yesterday|collected|received|surgery|procedure|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|d\/t|eff(?:ective)?|exp(?:ires)?)\s?:?\s?\(?|\d{1,2}\/\d{1,2}(?: to | and |-))$/i
const NOT_DATED =
  /^\s?(?:strength|murmur|systolic|diastolic|on exam|(?:in|on|at) (?:all|the (?:left|right|pain|scale|upper|lower)|bilateral|both|upper|lower)|power|motor|pain|bilateral|intensity|mm|reflex|out|of|pulses)/i

/** "5/31 at 0850", "10/4 @ 11pm": what has a clock time behind is a day. */
const CLOCK_BEHIND = /^\s?(?:at|@|,)?\s?(?:\d{1,2}:\d{2}|(?:at|@)\s?(?:[01]\d|2[0-3])[0-5]\d\b|\d{1,2}\s?[ap]\.?m\b)/i

/** Month and day, any order and separator; partial dates; ranges. */
export const DATE_PATTERNS: readonly Pattern[] = [
  {
    id: 'date.month-first',
    class: 'DATE',
    on: MONTHS,
    regex: at(
      `${MONTH}\\.?[ \\n/-]{0,3}(?:the )?${DAY}(?:${RANGE}(?:${MONTH}\\.? )?${DAY})?(?:[ ,\\n/-]{0,3}(?:of )?(?:in )?(?:${YEAR}|${SHORT_YEAR}))?${CLOCK}${END}`,
    ),
    score: 0.95,
    judge: (value, around) =>
      /^(?:may|mar|dec|jan|sep|oct|sun)\b/.test(value) &&
      /^\s?(?:mg|mcg|ml|units|%|times|days|weeks|months|years|percent)/.test(after(around, 9))
        ? 0
        : 0.95,
  },
  {
    id: 'date.month-year',
    class: 'DATE',
    on: [...MONTHS, 'early', 'late', 'mid', 'last', 'end', 'beginning'],
    regex: at(
      `(?:(?:early|late|mid|last|end of|beginning of)[ -])?${MONTH}\\.?,?[ \\n-]{1,3}(?:of )?(?:${YEAR}|${SHORT_YEAR})${END}`,
    ),
    score: 0.9,
  },
  {
    id: 'date.day-first',
    class: 'DATE',
    on: 'number',
    regex: at(
      `${DAY}(?:${RANGE}${DAY})?[ \\n/.-]{0,2}(?:day )?(?:of )?${MONTH}(?![a-z])\\.?(?:[ ,\\n/.-]{0,3}(?:${YEAR}|${SHORT_YEAR}|\\d{2}))?${CLOCK}${END}`,
    ),
    score: 0.95,
    // "Page 9 of 10. May the team" ends a sentence.
    judge: (value, around) =>
      (/\d ?(?:may|mar|dec|sep|oct)$/.test(value) && !/(?:st|nd|rd|th|of)/.test(value)) ||
      (/\. (?:may|mar|march)$/i.test(value) && /^ (?:[a-z]|I\b)/.test(after(around, 2)))
        ? 0
        : 0.95,
  },
  {
    id: 'date.spoken',
    class: 'DATE',
    on: MONTHS.filter((month) => month.length > 3),
    regex: at(`${MONTH} (?:the )?${SPOKEN_DAY}(?:,? ${SPOKEN_YEAR})?${END}`),
    score: 0.9,
  },
  {
    id: 'date.spoken',
    class: 'DATE',
    on: SPOKEN_DAYS,
    regex: at(`${SPOKEN_DAY} (?:day )?of ${MONTH}(?:,? ${SPOKEN_YEAR})?${END}`),
    score: 0.9,
  },
  {
    id: 'date.year-first',
    class: 'DATE',
    on: 'number',
    regex: at(`${YEAR}[ /-]${MONTH}\\.?[ /-]${DAY}${END}`),
    score: 0.9,
  },
  {
    id: 'date.iso',
    class: 'DATE',
    on: 'number',
    regex: at(`${YEAR}(?<s>[-/.])\\d{1,2}\\k<s>\\d{1,2}(?!\\d)${CLOCK}`),
    score: 0.95,
  },
  {
    id: 'date.numeric',
    class: 'DATE',
    on: 'number',
    regex: at(`\\d{1,2}\\s?(?<s>[/-])\\s?\\d{1,2}\\s?\\k<s>\\s?(?:\\d{4}|'?\\d{2})${CLOCK}${END}`),
    score: 0.95,
    judge: judgeTriple,
  },
  {
    id: 'date.dotted',
    class: 'DATE',
    on: 'number',
    regex: at(`\\d{1,2}\\.\\d{1,2}\\.(?:(?:19|20)\\d{2}|\\d{2})${END}`),
    score: 0.8,
    judge: (value, around) =>
      /\b(?:version|release|build|firmware|ver\.?|v\.?) ?$/i.test(before(around, 10)) ? 0 : judgeTriple(value, around),
  },
  {
    id: 'date.month-slash-year',
    class: 'DATE',
    on: 'number',
    regex: at(`(?:0?[1-9]|1[0-2])[/-](?:19|20)\\d{2}${END}`),
    score: 0.9,
    judge: (_, around) => (/\d[./-]$/.test(before(around, 2)) ? 0 : 0.9),
  },
  {
    id: 'date.year-month',
    class: 'DATE',
    on: 'number',
    regex: at(`(?:19|20)\\d{2}[-/](?:0[1-9]|1[0-2])(?![-/\\d])${END}`),
    score: 0.7,
  },
  {
    id: 'date.compact',
    class: 'DATE',
    on: 'number',
    regex: at(
      `(?:19|20)\\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])(?:[T ]?\\d{4}(?:\\d{2})?(?:\\.\\d{1,4})?)?(?:[+-]\\d{4}|Z)?${END}`,
    ),
    score: 0.7,
  },
  {
    id: 'date.month-day-slash',
    class: 'DATE',
    on: 'number',
    regex: at(
      `(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\\d|3[01])(?:\\s?-\\s?(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\\d|3[01]))?(?![/\\d]|\\.\\d)${END}`,
    ),
    score: 0.7,
    judge: (_, around) =>
      (DATED.test(before(around, 16)) && !NOT_DATED.test(after(around, 12))) || CLOCK_BEHIND.test(after(around, 16))
        ? 0.7
        : 0,
  },
]
