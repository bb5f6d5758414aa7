import type { ReactNode } from 'react'

/** Names and values; a value that is not known is left out. */
export function Facts({ of }: { readonly of: Readonly<Record<string, ReactNode>> }): React.JSX.Element {
  return (
    <dl className="bw-facts">
      {Object.entries(of)
        .filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
        .map(([name, value]) => (
          <div key={name} className="bw-fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
