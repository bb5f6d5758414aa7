/** `barred`: not covered, and no agreement could. */
export type CoverageState = 'covered' | 'ending' | 'partly' | 'none' | 'barred'

interface CoverageMarkProps {
  readonly state: CoverageState
}

/** A filled or half-filled square, a dot or a cross; each state has a shape of its own, beside its colour. */
export function CoverageMark({ state }: CoverageMarkProps): React.JSX.Element {
  return (
    <svg className="bw-mark" data-state={state} viewBox="0 0 20 20" aria-hidden="true">
      {state === 'none' && <circle className="bw-mark-dot" cx="10" cy="10" r="2.5" />}
      {state === 'barred' && <path className="bw-mark-cross" d="M6.5 6.5l7 7m0-7l-7 7" />}
      {state !== 'none' && state !== 'barred' && (
        <rect className="bw-mark-ground" x="1" y="1" width="18" height="18" rx="4" />
      )}
      {state === 'partly' && <path className="bw-mark-fill" d="M5 1h5v18H5a4 4 0 0 1-4-4V5a4 4 0 0 1 4-4z" />}
      {state === 'covered' && <path className="bw-mark-sign" d="M5.5 10.5l3 3 6-7" />}
      {state === 'ending' && <path className="bw-mark-sign" d="M10 5v5.5l3 2" />}
    </svg>
  )
}
