import { Tag } from './tag.tsx'

const DAY_MS = 86_400_000
/** The days before an end at which the server warns, and how loudly it is shown. */
const WARNINGS = [
  [7, 'stop'],
  [30, 'warn'],
  [60, 'plain'],
] as const

/** Whole days from now until then, by this machine's clock. */
export function countDaysLeft(endsAt: string): number {
  return Math.floor((Date.parse(endsAt) - Date.now()) / DAY_MS)
}

/** Says that something ends within 60, 30 or 7 days; nothing for what lasts longer. */
export function DaysLeft({ endsAt }: { readonly endsAt: string }): React.JSX.Element | undefined {
  const days = countDaysLeft(endsAt)
  const warning = WARNINGS.find(([limit]) => days < limit)
  if (!warning || days < 0) return undefined
  return <Tag tone={warning[1]}>{days === 0 ? 'Ends today' : `${days} ${days === 1 ? 'day' : 'days'} left`}</Tag>
}
