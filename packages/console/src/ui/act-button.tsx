import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useState } from 'react'

interface ActButtonProps {
  readonly children: string
  /** What the act is on, for who cannot see where the button stands. */
  readonly about: string
  readonly onAct: () => void
  readonly isBusy?: boolean
  readonly isMain?: boolean
  /** Asked for once more, by its consequence: for what cannot be taken back. */
  readonly confirm?: ReactNode
}

/** A button that does something to one row of a list. */
export function ActButton(props: ActButtonProps): React.JSX.Element {
  const { children, about, onAct, isBusy = false, isMain = false, confirm } = props
  const [isAsked, setAsked] = useState(false)
  if (isAsked) {
    return (
      <div className="bw-actions bw-confirm" role="group" aria-label={`${children}: ${about}`}>
        <span>{confirm}</span>
        <Button
          size="compact-sm"
          color="red"
          autoFocus
          disabled={isBusy}
          onClick={() => {
            setAsked(false)
            onAct()
          }}
        >
          {children}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => setAsked(false)}>
          Cancel
        </Button>
      </div>
    )
  }
  return (
    <Button
      size="compact-sm"
      variant={isMain ? 'filled' : 'default'}
      disabled={isBusy}
      aria-label={`${children}: ${about}`}
      onClick={confirm === undefined ? onAct : () => setAsked(true)}
    >
      {children}
    </Button>
  )
}
