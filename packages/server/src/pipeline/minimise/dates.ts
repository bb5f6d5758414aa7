const ISO = /^(?<year>\d{4})(?:-(?<month>\d\d)(?:-(?<day>\d\d)(?:T.*)?)?)?$/
const AMERICAN = /^(?<month>\d\d?)\/(?<day>\d\d?)\/(?<year>\d{4})$/
const DAY_MS = 86_400_000

/**
 * The first moment that a date can mean, in milliseconds: FHIR's date, dateTime and instant in any precision, and
 * MM/DD/YYYY. What is less exact than a day is taken as early as it can be, so that nothing passes by being vague.
 */
export function readDateMs(value: string): number | undefined {
  const { year, month = '1', day = '1' } = (ISO.exec(value) ?? AMERICAN.exec(value))?.groups ?? {}
  if (year === undefined) return undefined
  const exact = value.includes('T') ? Date.parse(value) : Number.NaN
  const ms = Number.isNaN(exact) ? Date.UTC(Number(year), Number(month) - 1, Number(day)) : exact
  return Number.isNaN(ms) ? undefined : ms
}

/** The start of the day that lies so many days back: all requests of a day see the same. */
export function lookBackMs(now: Date, days: number): number {
  return (Math.floor(now.getTime() / DAY_MS) - days) * DAY_MS
}
