interface MeterProps {
  /** What is measured, for who cannot see where it stands. */
  readonly label: string
  readonly value: number
  readonly of: number
  /** The value in words, e.g. "40 of 60". */
  readonly words: string
  /** Much of it is good news, e.g. how much is done. */
  readonly isProgress?: boolean
}

const NEARLY = 0.8

/** How much of an amount is taken, as a bar. */
export function Meter({ label, value, of: amount, words, isProgress = false }: MeterProps): React.JSX.Element {
  const share = amount === 0 ? 0 : Math.min(1, value / amount)
  const tone = isProgress ? 'good' : share >= 1 ? 'stop' : share >= NEARLY ? 'warn' : 'plain'
  return (
    <span
      className="bw-meter"
      data-tone={tone}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={amount}
      aria-valuenow={Math.min(value, amount)}
      aria-valuetext={words}
    >
      <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect width={share * 100} height="1" />
      </svg>
    </span>
  )
}
