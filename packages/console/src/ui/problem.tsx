import { Button } from '@mantine/core'
import { ApiError } from '../api/api-error.ts'
import { NEXT_STEPS } from './next-steps.ts'

interface ProblemProps {
  readonly error: Error
  readonly onRetry?: (() => void) | undefined
}

/** A refusal: what happened, what to do next, and the code to look up. */
export function Problem({ error, onRetry }: ProblemProps): React.JSX.Element {
  const code = error instanceof ApiError ? error.code : 'internal'
  const field = error instanceof ApiError ? error.field : undefined
  const title = error instanceof ApiError ? error.message : 'This page failed.'
  return (
    <div className="bw-banner" data-tone="stop" role="alert">
      <strong>{toSentence(title)}</strong> {NEXT_STEPS[code]}
      <div className="bw-row">
        <span className="bw-code">
          {code}
          {field !== undefined && ` at ${field}`}
        </span>
        {onRetry && (
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  )
}

/** The server's messages begin small and end without a stop, as log lines do. */
function toSentence(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}
