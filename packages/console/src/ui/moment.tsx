const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** "in 3 hours" or "5 minutes ago", from now. */
function formatDistance(date: Date, now: Date): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1_000)
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  return relative.format(Math.trunc(seconds / size), unit)
}

/** A moment as people speak of it; the exact time is in its title and for machines. */
export function Moment({ at }: { readonly at: string }): React.JSX.Element {
  const date = new Date(at)
  return (
    <time dateTime={at} title={absolute.format(date)}>
      {formatDistance(date, new Date())}
    </time>
  )
}

/** A moment by date and clock, where the exact time counts. */
export function Due({ at }: { readonly at: string }): React.JSX.Element {
  return <time dateTime={at}>{absolute.format(new Date(at))}</time>
}
