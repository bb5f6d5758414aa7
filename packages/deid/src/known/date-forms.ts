import { ofWords, type Form } from './form.ts'

const MONTHS =
  'january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,september sep sept,october oct,november nov,december dec'
    .split(',')
    .map((names) => names.split(' '))
const ORDINALS =
  'first,second,third,fourth,fifth,sixth,seventh,eighth,ninth,tenth,eleventh,twelfth,thirteenth,fourteenth,fifteenth,sixteenth,seventeenth,eighteenth,nineteenth,twentieth,twenty-first,twenty-second,twenty-third,twenty-fourth,twenty-fifth,twenty-sixth,twenty-seventh,twenty-eighth,twenty-ninth,thirtieth,thirty-first'.split(
    ',',
  )
const SHARED = { class: 'DATE', role: 'patient', score: 0.95, source: 'known.date' } as const

/** Every usual way to write one date of the patient's: in figures in three orders, with the month's name, in words. */
export function dateForms(date: string): Form[] {
  const [year = '', month = '', day = ''] = date.split('-')
  if (month === '') return []
  const names = MONTHS[Number(month) - 1] ?? []
  const years = [year, year.slice(2)]
  if (day === '') return names.flatMap((name) => words(name, year))
  return [...inFigures(years, month, day), ...names.flatMap((name) => inWords(name, years, day))]
}

function inFigures(years: readonly string[], month: string, day: string): Form[] {
  const months = [...new Set([month, String(Number(month))])]
  const days = [...new Set([day, String(Number(day))])]
  return years.flatMap((year) =>
    months.flatMap((m) =>
      days.flatMap((d) =>
        [
          [m, d, year],
          [d, m, year],
          [year, m, d],
        ].map((order) =>
          ofWords(order, { ...SHARED, kind: 'date', isGlued: m.length === 2 && d.length === 2, initials: [] }),
        ),
      ),
    ),
  )
}

function inWords(name: string, years: readonly string[], day: string): Form[] {
  const number = String(Number(day))
  const spoken = ORDINALS[Number(day) - 1] ?? ''
  const days = [...new Set([number, day, ordinal(Number(day)), spoken])]
  return days.flatMap((d) => [
    ...years.flatMap((year) => [
      ...words(name, d, year),
      ...words(d, name, year),
      ...words(d, 'of', name, year),
      ...words(year, name, d),
    ]),
    ...words(name, d),
    ...words(d, name),
    ...words(d, 'of', name),
  ])
}

function words(...order: readonly string[]): Form[] {
  return [ofWords(order, { ...SHARED, initials: [] })]
}

/** "1st", "22nd". */
export function ordinal(day: number): string {
  const isTeen = day > 10 && day < 14
  return `${day}${isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')}`
}
