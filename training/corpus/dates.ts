import type { IdFormat } from './identifiers.ts'
import type { Random } from './random.ts'

/** A day of the calendar, month and day from 1. */
export interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

export const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
] // biome-ignore format: one line reads better
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const ORDINALS = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
  'eleventh',
  'twelfth',
  'thirteenth',
  'fourteenth',
  'fifteenth',
  'sixteenth',
  'seventeenth',
  'eighteenth',
  'nineteenth',
  'twentieth',
]
const TEENS = [
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
]
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
const ONES = ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']

/** 0 to 119 in words. */
export function speakNumber(value: number, joint = '-'): string {
  if (value >= 100) return `one hundred${value > 100 ? ` ${speakNumber(value - 100, joint)}` : ''}`
  if (value >= 20) return [TENS[Math.floor(value / 10)], ONES[value % 10]].filter(Boolean).join(joint)
  if (value >= 10) return TEENS[value - 10] ?? ''
  return ONES[value] || 'zero'
}

function speakDay(day: number): string {
  if (day <= 20) return ORDINALS[day - 1] ?? ''
  return day === 30 ? 'thirtieth' : `${day > 30 ? 'thirty' : 'twenty'} ${ORDINALS[(day % 10) - 1] ?? ''}`
}

function speakYear(year: number): string {
  if (year >= 2000) return `two thousand${year > 2000 ? ` ${speakNumber(year - 2000, ' ')}` : ''}`
  return `nineteen ${year % 100 < 10 ? `oh ${ONES[year % 100]}` : speakNumber(year % 100, ' ')}`
}

const two = (value: number): string => String(value).padStart(2, '0')
const ordinal = (day: number): string =>
  `${day}${day % 10 === 1 && day !== 11 ? 'st' : day % 10 === 2 && day !== 12 ? 'nd' : day % 10 === 3 && day !== 13 ? 'rd' : 'th'}`
const month = ({ month }: Day): string => MONTHS[month - 1] ?? ''
const short = (day: Day): string => month(day).slice(0, 3)
const yy = ({ year }: Day): string => two(year % 100)

export interface DateFormat extends Omit<IdFormat, 'pattern'> {
  /** Has a year in it. */
  readonly isWhole: boolean
  readonly write: (day: Day, random: Random) => string
}

const date = (
  id: string,
  weight: number,
  write: (day: Day, random: Random) => string,
  { isHeldOut = false, isWhole = true, isForTraining = false } = {},
): DateFormat => ({ id: `date.${id}`, weight, write, isHeldOut, isWhole, isForTraining })

const HELD = { isHeldOut: true }
const PART = { isWhole: false }
const HELD_PART = { isHeldOut: true, isWhole: false }
const TRAIN = { isForTraining: true }
const TRAIN_PART = { isForTraining: true, isWhole: false }

export const DATE_FORMATS: readonly DateFormat[] = [
  date('mdy-slash0', 5, (d) => `${two(d.month)}/${two(d.day)}/${d.year}`),
  date('mdy-slash', 4, (d) => `${d.month}/${d.day}/${d.year}`),
  date('mdy-slash-yy', 3, (d) => `${d.month}/${d.day}/${yy(d)}`),
  date('mdy-slash0-yy', 1, (d) => `${two(d.month)}/${two(d.day)}/${yy(d)}`),
  date('iso', 3, (d) => `${d.year}-${two(d.month)}-${two(d.day)}`),
  date('month-d-y', 4, (d) => `${month(d)} ${d.day}, ${d.year}`),
  date('mon-d-y', 2, (d) => `${short(d)} ${d.day}, ${d.year}`),
  date('mon-dot-d-y', 1, (d) => `${short(d)}. ${d.day}, ${d.year}`),
  date('d-mon-y', 2, (d) => `${two(d.day)}-${short(d)}-${d.year}`),
  date('d-mon-y-caps', 1, (d) => `${two(d.day)}-${short(d).toUpperCase()}-${d.year}`),
  date('d-month-y', 1, (d) => `${d.day} ${month(d)} ${d.year}`),
  date('month-dth-y', 1, (d) => `${month(d)} ${ordinal(d.day)}, ${d.year}`),
  date('compact', 1, (d) => `${d.year}${two(d.month)}${two(d.day)}`),
  date('dmy-slash', 1, (d) => `${two(d.day)}/${two(d.month)}/${d.year}`),
  date('month-d-y-bare', 1, (d) => `${month(d)} ${d.day} ${d.year}`),
  date('spoken', 1, (d) => `${month(d)} ${speakDay(d.day)} ${speakYear(d.year)}`),
  date(
    'iso-time',
    1,
    (d, r) =>
      `${d.year}-${two(d.month)}-${two(d.day)}T${two(r.below(24))}:${two(r.below(60))}:${two(r.below(60))}${r.pick(['Z', '', '-05:00'])}`,
  ),
  date('hl7', 1, (d, r) => `${d.year}${two(d.month)}${two(d.day)}${two(r.below(24))}${two(r.below(60))}`),
  date('month-y', 2, (d) => `${month(d)} ${d.year}`),
  date('month-of-y', 1, (d) => `${month(d)} of ${d.year}`),
  date('m-y-slash', 1, (d) => `${two(d.month)}/${d.year}`),
  date('mon-y', 1, (d) => `${short(d)} ${d.year}`),
  date('md-slash', 3, (d) => `${d.month}/${d.day}`, PART),
  date('month-d', 3, (d) => `${month(d)} ${d.day}`, PART),
  date('month-dth', 1, (d) => `${month(d)} ${ordinal(d.day)}`, PART),
  date('mon-d', 1, (d) => `${short(d)} ${d.day}`, PART),
  date('dth-of-month', 1, (d) => `${ordinal(d.day)} of ${month(d)}`, PART),
  date('spoken-md', 1, (d) => `${month(d)} ${speakDay(d.day)}`, PART),
  date('mdy-dash', 3, (d) => `${two(d.month)}-${two(d.day)}-${d.year}`, HELD),
  date('mdy-dots', 2, (d) => `${two(d.month)}.${two(d.day)}.${d.year}`, HELD),
  date('ymd-slash', 2, (d) => `${d.year}/${two(d.month)}/${two(d.day)}`, HELD),
  date('dmonyy', 2, (d) => `${d.day}${short(d)}${yy(d)}`, HELD),
  date('ddmonyyyy', 1, (d) => `${two(d.day)}${short(d).toUpperCase()}${d.year}`, HELD),
  date('month-dashes', 1, (d) => `${short(d)}-${two(d.day)}-${d.year}`, HELD),
  date('dth-month-y', 1, (d) => `${ordinal(d.day)} ${month(d)}, ${d.year}`, HELD),
  date('apostrophe', 1, (d) => `${d.month}/${d.day}/'${yy(d)}`, HELD),
  date('mon-y-dash', 1, (d) => `${short(d)}-${yy(d)}`, HELD),
  date('month-the', 1, (d) => `${month(d)} the ${ordinal(d.day)}`, HELD_PART),
  date('md-dash', 1, (d) => `${two(d.month)}-${two(d.day)}`, HELD_PART),
  date('d-mon', 1, (d) => `${d.day} ${short(d)}`, HELD_PART),
  date('mdy-dash-yy', 1, (d) => `${d.month}-${d.day}-${yy(d)}`, TRAIN),
  date('mdy-dots-yy', 1, (d) => `${d.month}.${d.day}.${yy(d)}`, TRAIN),
  date('ymd-dots', 1, (d) => `${d.year}.${two(d.month)}.${two(d.day)}`, TRAIN),
  date('mdy-slash-wide', 1, (d) => `${two(d.month)} / ${two(d.day)} / ${d.year}`, TRAIN),
  date('mon-d-tick', 1, (d) => `${short(d)} ${d.day} '${yy(d)}`, TRAIN),
  date('d-mon-tick', 1, (d) => `${d.day} ${short(d)} '${yy(d)}`, TRAIN),
  date('d-mon-yy', 1, (d) => `${d.day} ${short(d)} ${yy(d)}`, TRAIN),
  date('dth-of-month-y', 1, (d) => `${ordinal(d.day)} of ${month(d)}, ${d.year}`, TRAIN),
  date('dth-of-mon-y', 1, (d) => `${ordinal(d.day)} of ${short(d)} ${d.year}`, TRAIN),
  date('y-mon-d', 1, (d) => `${d.year} ${short(d)} ${two(d.day)}`, TRAIN),
  date('y-mon-d-dash', 1, (d) => `${d.year}-${short(d)}-${two(d.day)}`, TRAIN),
  date('mon-slash', 1, (d) => `${short(d)}/${two(d.day)}/${d.year}`, TRAIN),
  date('month-comma-y', 1, (d) => `${month(d)}, ${d.year}`, TRAIN),
  date('mon-tick', 1, (d) => `${short(d)} '${yy(d)}`, TRAIN),
  date('mdy6', 1, (d) => `${two(d.month)}${two(d.day)}${yy(d)}`, TRAIN),
  date('mdy8', 1, (d) => `${two(d.month)}${two(d.day)}${d.year}`, TRAIN),
  date('spoken-of', 1, (d) => `${speakDay(d.day)} of ${month(d)} ${speakYear(d.year)}`, TRAIN),
  date('spoken-numbers', 1, (d) => `${speakNumber(d.month)} ${speakNumber(d.day, ' ')} ${speakYear(d.year)}`, TRAIN),
  date('mon-dot-d', 1, (d) => `${short(d)}. ${d.day}`, TRAIN_PART),
  date('mon-dth', 1, (d) => `${short(d)} ${ordinal(d.day)}`, TRAIN_PART),
  date('dth-mon', 1, (d) => `${ordinal(d.day)} ${short(d)}`, TRAIN_PART),
  date('spoken-of-md', 1, (d) => `${speakDay(d.day)} of ${month(d)}`, TRAIN_PART),
]

export interface TimeFormat extends Omit<IdFormat, 'pattern'> {
  readonly write: (hour: number, minute: number) => string
}

const time = (
  id: string,
  weight: number,
  write: TimeFormat['write'],
  isHeldOut = false,
  isForTraining = false,
): TimeFormat => ({ id: `time.${id}`, weight, isHeldOut, isForTraining, write })
const half = (hour: number): number => hour % 12 || 12
const noon = (hour: number): string => (hour < 12 ? 'AM' : 'PM')

export const TIME_FORMATS: readonly TimeFormat[] = [
  time('24', 4, (h, m) => `${two(h)}:${two(m)}`),
  time('12-caps', 3, (h, m) => `${half(h)}:${two(m)} ${noon(h)}`),
  time('12-small', 2, (h, m) => `${half(h)}:${two(m)}${noon(h).toLowerCase()}`),
  time('12-blank-small', 1, (h, m) => `${half(h)}:${two(m)} ${noon(h).toLowerCase()}`),
  time('military', 2, (h, m) => `${two(h)}${two(m)}`),
  time('hour', 1, (h) => `${half(h)} ${noon(h)}`),
  time('hour-glued', 1, (h) => `${half(h)}${noon(h).toLowerCase()}`),
  time('dots', 1, (h, m) => `${half(h)}:${two(m)} ${noon(h) === 'AM' ? 'a.m.' : 'p.m.'}`),
  time('seconds', 1, (h, m) => `${two(h)}:${two(m)}:${two((m * 7) % 60)}`),
  time('h', 2, (h, m) => `${two(h)}h${two(m)}`, true),
  time('12-dot', 2, (h, m) => `${half(h)}.${two(m)} ${noon(h).toLowerCase()}`, true),
  time('hrs', 2, (h, m) => `${two(h)}${two(m)}H`, true),
  time('half-past', 1, (h) => `half past ${speakNumber(half(h))}`, true),
  time('12-letter', 1, (h, m) => `${half(h)}:${two(m)}${h < 12 ? 'a' : 'p'}`, false, true),
  time('military-hrs', 1, (h, m) => `${two(h)}${two(m)} hrs`, false, true),
  time('military-hours', 1, (h, m) => `${two(h)}${two(m)} hours`, false, true),
  time('24-h', 1, (h, m) => `${two(h)}:${two(m)}h`, false, true),
  time('24-short', 1, (h, m) => `${h}:${two(m)}`, false, true),
  time('quarter', 1, (h) => `quarter ${h % 2 ? 'past' : 'to'} ${speakNumber(half(h))}`, false, true),
  time('o-clock', 1, (h) => `${h % 2 ? half(h) : speakNumber(half(h))} o'clock`, false, true),
  time(
    'spoken',
    1,
    (h) => `${speakNumber(half(h))} ${h % 2 ? 'thirty' : 'fifteen'} ${h < 12 ? 'a.m.' : 'p.m.'}`,
    false,
    true,
  ),
]

/** The weekday of a day, 0 is Sunday. */
export function weekdayOf({ year, month, day }: Day): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay()
}

/** A day some days later. */
export function addDays({ year, month, day }: Day, days: number): Day {
  const moved = new Date(Date.UTC(year, month - 1, day + days))
  return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() }
}
