import { after, at, before, END, type Pattern, type Surroundings } from './pattern.ts'

const MONTHS =
  'january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec'.split(
    ' ',
  )
const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)'
const YEAR = '(?:(?:18|19|20)\\d{2}(?!\\d))'
const SHORT_YEAR = "'\\d{2}(?!\\d)"
const DAY = '(?:0?[1-9]|[12]\\d|3[01])(?!\\d)(?:st|nd|rd|th)?'
const ONES = '(?:one|two|three|four|five|six|seven|eight|nine)'
const TEENS = '(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)'
const TENS = '(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)'
const SPOKEN_DAYS =
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth twenty thirty'.split(
    ' ',
  )
const SPOKEN_DAY = `(?:(?:twenty|thirty)[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|${SPOKEN_DAYS.slice(0, -2).join('|')})`
const SPOKEN_YEAR = `(?:two thousand|nineteen|twenty)(?:[ -](?:and |oh[ -]|hundred )?(?:${TENS}(?:[ -]${ONES})?|${TEENS}|${ONES}))?`
const HOUR_WORD = '(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)'
const RANGE = '\\s?(?:-|to|through|thru|until|and|&)\\s?'
const CLOCK =
  '(?:[T ,]{1,2}(?:at )?\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,6})?)?(?:\\s?[ap]\\.?m\\b\\.?)?(?:Z|\\s?[+-]\\d{2}:?\\d{2})?|[ ,@]{1,3}(?:at )?(?:[01]\\d|2[0-3])[0-5]\\d(?:\\s?h(?:rs?|ours)?)?(?![\\w./-]|\\s?(?:mg|mcg|ml|units?|iu|cc|k?cal)\\b))?'
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
const NUMBER_BEFORE =
  /(?:#|\bno|number|code|lot|ext|x|id|cpt|icd|room|rm|page|version|v|sn|four|ssn|[\d.,/$-])\W{0,3}$/i
const WEEKDAY_BEFORE = /\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|wed|thurs?|fri|sat|sun)\s$/i
/** Lines of a log that open with a clock time as wards write it. */
const LOG_LINE = /\n(?:(?:[01]\d|2[0-3])[0-5]\d[ \t:-]|\d{1,2}:\d{2}|\d{1,2} ?[ap]\.?m\b)/i
const LOG_WIDTH = 240

/** Whether other lines near open with a clock time too. */
function isLogged(around: Surroundings): boolean {
  return (
    /(?:^|\n)$/.test(before(around, 2)) &&
    (LOG_LINE.test(`\n${before(around, LOG_WIDTH)}`) || LOG_LINE.test(after(around, LOG_WIDTH)))
  )
}

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
    judge: (value) => (/\d ?(?:may|mar|dec|sep|oct)$/.test(value) && !/(?:st|nd|rd|th|of)/.test(value) ? 0 : 0.95),
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
    judge: judgeTriple,
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

/** Elements of dates that are no full date, and clock times. */
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
    regex: at(`(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\\.?,? (?=\\d{1,2}[/ ]|${MONTH}\\.? \\d)`, ''),
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
    id: 'time.clock',
    class: 'TIME',
    on: 'number',
    regex: at(
      `(?:[01]?\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d)?(?:\\s?[ap]\\.?m\\b\\.?)?(?:\\s?(?:EST|EDT|CST|CDT|MST|MDT|PST|PDT|UTC|GMT|ET|CT|PT)\\b)?(?![\\d:])${END}`,
    ),
    score: 0.8,
    // A titre is a ratio.
    judge: (value, around) =>
      /^1:\d/.test(value) && /(?:titer|titre|positive at|dilution|ratio)\D{0,12}$/i.test(before(around, 30)) ? 0 : 0.8,
  },
  {
    id: 'time.hour',
    class: 'TIME',
    on: 'number',
    regex: at(`(?:1[0-2]|0?[1-9])(?:\\.[0-5]\\d)?\\s?[ap]\\.?m\\b\\.?${END}`),
    score: 0.8,
    judge: (value) => (/\d\s?[ap]m$|\./i.test(value) ? 0.8 : 0),
  },
  {
    id: 'time.hour',
    class: 'TIME',
    on: 'number',
    regex: at(
      `(?:(?:[01]\\d|2[0-3])[0-5]\\d\\s?(?:hrs?|hours)|(?:1[0-2]|[1-9]) o'clock(?! (?:position|location|axis|radian)))${END}`,
    ),
    score: 0.7,
  },
  {
    id: 'time.h',
    class: 'TIME',
    on: 'number',
    regex: at(
      `(?:(?:[01]?\\d|2[0-3])h[0-5]\\d(?:m(?:in)?)?|(?:[01]\\d|2[0-3])[0-5]\\d\\s?h|(?:[01]?\\d|2[0-3]):[0-5]\\d\\s?h(?:rs|ours)?)${END}`,
    ),
    score: 0.75,
  },
  {
    id: 'time.words',
    class: 'TIME',
    on: ['half', 'quarter'],
    regex: at(`(?:half past|quarter (?:past|to|after|of)) (?:${HOUR_WORD}|1[0-2]|[1-9])${END}`),
    score: 0.75,
  },
  {
    id: 'time.words',
    class: 'TIME',
    on: HOUR_WORD.slice(3, -1).split('|'),
    regex: at(
      `${HOUR_WORD}(?: o'clock(?! (?:position|location|axis|radian))|(?: (?:thirty|fifteen|forty[- ]five|(?:oh|o) ${ONES}|${TEENS}|${TENS}(?:[ -]${ONES})?))? ?(?:[ap]\\.m\\.|[ap]m\\b|in the (?:morning|afternoon|evening)))`,
    ),
    score: 0.75,
  },
  {
    id: 'time.military',
    class: 'TIME',
    on: 'number',
    regex: at(
      `(?:[01]\\d|2[0-3])[0-5]\\d(?![\\d/-]|\\.\\d)(?!\\s?(?:mg|mcg|ml|units?|iu|cc|k?cal|steps|cells)\\b)${END}`,
    ),
    score: 0.6,
    judge: (value, around) => {
      const left = before(around, 12)
      const cued = /(?:\bat|@|\btime|\bsince|\buntil|\btill|\bby|\baround|~)\s?:?\s?$/i.test(left)
      const tabled =
        /\|\s{0,3}$/.test(left) || (value.startsWith('0') && /(?:[\t(;]\s{0,3}|\bnote:? |^|\n)$/i.test(left))
      if (WEEKDAY_BEFORE.test(left) || isLogged(around)) return 0.6
      // Few numbers have a nought in front: "given 0158", "triage 0620".
      if (value.startsWith('0') && /(?:^|[\s(])$/.test(left) && !NUMBER_BEFORE.test(left)) return 0.5
      return (cued && (value < '1800' || /(?:\bat|@)\s?$/i.test(left))) || tabled ? 0.6 : 0
    },
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
