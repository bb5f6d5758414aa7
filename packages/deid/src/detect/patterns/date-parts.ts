import { MONTH, MONTHS, SHORT_YEAR, YEAR } from './date-words.ts'
import { after, at, before, END, type Pattern } from './pattern.ts'

/** In any case, spelled out: V8 forgets `(?i:` in a process that has run for a while. */
const MONTH_CASED = MONTH.replace(/(?<!\\)[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const SEASONS = ['spring', 'summer', 'fall', 'autumn', 'winter']
const RELATIVE = '(?:(?:last|this|next|past|early|late|mid|since|coming)[ -])'
const OTHER_WORDS = [
  'last',
  'this',
  'next',
  'past',
  'early',
  'late',
  'mid',
  'since',
  'coming',
  'in',
  'during',
  'by',
  'of',
  'until',
  'the',
  'before',
  'after',
  'on',
  'around',
  'every',
]

/** Elements of dates that are no full date; years. */
export const DATE_PART_PATTERNS: readonly Pattern[] = [
  {
    id: 'date-part.month',
    class: 'DATE_PART',
    on: [...MONTHS.filter((month) => month.length > 3), 'may', ...OTHER_WORDS],
    regex: at(
      `(?:(?:(?:past|early|late|mid|since|in|during|by|until|before|after|around|every)[ -](?:early |late |mid[ -])?)(?<v>${MONTH})|(?<u>(?:last|this|next) ${MONTH})|(?<w>january|february|april|june|july|august|september|october|november|december))${END}`,
    ),
    score: 0.6,
    judge: (value, around) => {
      const capital = /^(?:last |this |next )?[A-Z]/.test(value)
      const stands =
        /(?:last|this|next|past|early|late|mid|since|in|during|by|until|before|after|around|every|of)[ -]$/i.test(
          before(around, 8),
        ) || /^(?:last|this|next) /i.test(value)
      if (!capital && /(?:^| )(?:may|mar|dec|jan|sep|oct)$/.test(value)) return 0
      // To march is seldom clinical, but only the month is in, since or until.
      if (value === 'march')
        return /\b(?:in|since|until|by|last|early|late|mid)[ -]$/i.test(before(around, 8)) ? 0.6 : 0
      if (
        /^(?:may|june|april|august|jan|jun|dec|sep)$/i.test(value) &&
        /^ (?:[A-Z]|have|be|not|need|also)/.test(after(around, 6))
      )
        return 0
      return stands || (capital && value.length > 5) ? 0.6 : 0
    },
  },
  {
    id: 'date-part.quarter',
    class: 'DATE_PART',
    on: 'code',
    regex: at(`Q[1-4](?:[ -]?(?:of )?(?:FY ?)?(?:${YEAR}|${SHORT_YEAR}|\\d{2}))${END}`),
    score: 0.8,
  },
  {
    id: 'date-part.quarter-bare',
    class: 'DATE_PART',
    on: 'in by of for during until next last this early late through since'.split(' '),
    regex: at(
      `(?:in|by|of|for|during|until|next|last|this|early|late|through|since) (?:the )?(?<v>Q[1-4](?:[ /-]{0,2}(?:FY ?)?(?:${YEAR}|${SHORT_YEAR}|\\d{2}))?)${END}`,
    ),
    score: 0.7,
  },
  {
    id: 'date-part.quarter-first',
    class: 'DATE_PART',
    on: 'number',
    regex: at(`[1-4]Q(?:[ '/-]?(?:FY ?)?(?:20)?\\d{2})?${END}`, ''),
    score: 0.7,
  },
  {
    id: 'date-part.season-kept',
    class: 'DATE_PART',
    on: 'by through until each every during'.split(' '),
    regex: at(
      `(?:by|through|until|each|every|during)(?: the| this| next| last| early| late)? (?<v>(?:spring|summer|autumn|winter)|(?<=(?:each|every) )fall)${END}`,
    ),
    score: 0.7,
  },
  {
    id: 'date-part.quarter',
    class: 'DATE_PART',
    on: ['first', 'second', 'third', 'fourth', 'last'],
    regex: at(`(?:first|second|third|fourth|last) quarter (?:of )?${YEAR}${END}`),
    score: 0.8,
  },
  { id: 'date-part.year-quarter', class: 'DATE_PART', on: 'number', regex: at(`${YEAR}[ -]?Q[1-4]${END}`), score: 0.8 },
  {
    id: 'date-part.season',
    class: 'DATE_PART',
    on: [...SEASONS, ...OTHER_WORDS],
    regex: at(
      `(?:${RELATIVE}(?:the )?(?:early |late |mid[ -])?|(?:in|of|by|until) (?:the )?(?:early |late |mid[ -])?)?(?:spring|summer|fall|autumn|winter)(?:,? (?:of )?${YEAR})?${END}`,
    ),
    score: 0.7,
    judge: (value, around) => {
      if (
        /^(?: ?-?(?:risk|prevention|precaution|injur|on |onto|from|time)|s? (?:asleep|down|off|apart))/i.test(
          after(around, 12),
        )
      )
        return 0
      // "Since the fall" is an accident.
      if (/ the fall$/i.test(value)) return 0
      return /\d{4}$/.test(value) || /^(?:last|this|next|past|early|late|mid|since)[ -]|^in (?!the )/i.test(value)
        ? 0.7
        : 0
    },
  },
  {
    id: 'date-part.weekday',
    class: 'DATE_PART',
    on: [...WEEKDAYS, ...OTHER_WORDS],
    regex: at(
      `(?:(?:last|this|next|past|coming) )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: (?:morning|afternoon|evening|night))?${END}`,
    ),
    score: 0.8,
  },
  {
    id: 'date-part.weekday-short',
    class: 'DATE_PART',
    on: ['last', 'next', 'this', 'on'],
    regex: at(`(?:last|next|this|on) (?<v>Mon|Tues?|Weds?|Thurs?|Fri|Sat|Sun)\\b(?! (?:[A-Z]|exposure))`, ''),
    score: 0.6,
  },
  {
    id: 'date-part.weekday-short',
    class: 'DATE_PART',
    on: ['mon', 'tue', 'tues', 'wed', 'thu', 'thur', 'thurs', 'fri', 'sat', 'sun'],
    regex: at(`(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\\.?(?=,? (?:\\d{1,2}[/ ]|${MONTH_CASED}\\.? \\d))`, ''),
    score: 0.7,
  },
  {
    id: 'date-part.holiday',
    class: 'DATE_PART',
    on: 'christmas xmas thanksgiving new easter halloween labor labour memorial independence valentine hanukkah ramadan diwali juneteenth veterans presidents columbus mlk martin mother father cinco fourth st passover kwanzaa boxing super ash good palm yom rosh eid lunar'.split(
      ' ',
    ),
    regex: at(
      `(?:(?:christmas|easter|new year'?s?)(?: (?:eve|day|sunday|monday|weekend))?|xmas|thanksgiving(?: day)?|halloween|(?:labou?r|memorial|independence|veterans'?|presidents'?|columbus|mlk|martin luther king(?: jr\\.?)?|boxing) day|(?:valentine|mother|father|st\\.? patrick)'?s'? day|hanukkah|ramadan|diwali|juneteenth|cinco de mayo|fourth of july|passover|kwanzaa|super bowl sunday|ash wednesday|good friday|palm sunday|yom kippur|rosh hashanah|eid|lunar new year)(?: weekend)?(?:,? (?:of )?${YEAR})?${END}`,
    ),
    score: 0.7,
  },
  {
    id: 'year',
    class: 'YEAR',
    on: 'number',
    regex: at(`(?:19\\d{2}|20[0-4]\\d)${END}`),
    score: 0.5,
    judge: (_, around) =>
      /^\s?(?:mg|mcg|ml|units|iu|cells|kcal|cal|cc|steps|hours|hrs|g\b|k\b)|^[.,-]\d/i.test(after(around, 7)) ||
      /[\d.,$/#-]$/.test(before(around, 1))
        ? 0
        : 0.5,
  },
]
