import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { call } from '../api/call.ts'
import { watchActivity } from './activity.ts'

const CHECK_MS = 1_000
const WARN_MS = 120_000
/** A person at work is told to the server this often: reading a long page is work too. */
const TELL_MS = 60_000

interface IdleWatchProps {
  readonly idleSeconds: number
  readonly onIdle: () => void
}

/**
 * Ends the session in the browser when nobody did anything for its idle time, as the server does by itself, so that nothing
 * stays on a screen that was left (45 CFR 164.312(a)(2)(iii)). It warns first, with time to stay (WCAG 2.2.1).
 */
export function IdleWatch({ idleSeconds, onIdle }: IdleWatchProps): React.JSX.Element | undefined {
  const [leftMs, setLeftMs] = useState(idleSeconds * 1_000)
  useEffect(() => {
    const activity = watchActivity()
    let toldMs = Date.now()
    const timer = setInterval(() => {
      const lastAtMs = activity.lastAtMs()
      const left = lastAtMs + idleSeconds * 1_000 - Date.now()
      setLeftMs(left)
      if (left <= 0) return onIdle()
      if (lastAtMs - toldMs > TELL_MS) {
        toldMs = lastAtMs
        call('readSession').catch(() => onIdle())
      }
    }, CHECK_MS)
    return () => {
      clearInterval(timer)
      activity.stop()
    }
  }, [idleSeconds, onIdle])

  if (leftMs > WARN_MS) return undefined
  return (
    <div className="bw-banner bw-row bw-idle" role="alert">
      <span>Nobody has done anything here for a while. In {describeLeft(leftMs)} you are logged out.</span>
      {/* Any key or click is a sign of life; the button is for who looks for one. */}
      <Button size="compact-sm" variant="default">
        Stay logged in
      </Button>
    </div>
  )
}

function describeLeft(leftMs: number): string {
  const minutes = Math.ceil(leftMs / 60_000)
  return minutes > 1 ? `${minutes} minutes` : 'a minute'
}
