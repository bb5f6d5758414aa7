import { ONES, TEENS, TENS } from './date-words.ts'
import { after, at, before, END, type Pattern, type Surroundings } from './pattern.ts'

const HOUR_WORD = '(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)'
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

/** Clock times. */
export const TIME_PATTERNS: readonly Pattern[] = [
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
      (/^1:\d/.test(value) && /(?:titer|titre|positive at|dilution|ratio)\D{0,12}$/i.test(before(around, 30))) ||
      /^ ratio\b/i.test(after(around, 7))
        ? 0
        : 0.8,
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
]
