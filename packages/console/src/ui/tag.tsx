interface TagProps {
  readonly children: string
  readonly tone?: 'plain' | 'warn' | 'stop' | 'good'
}

/** A word of state beside a name. */
export function Tag({ children, tone = 'plain' }: TagProps): React.JSX.Element {
  return (
    <span className="bw-tag" data-tone={tone}>
      {children}
    </span>
  )
}
