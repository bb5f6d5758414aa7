import { appendFileSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock, Log } from '@breakwater/kernel'
import { createLog } from '../platform/log/log.ts'
import type { Closers } from './closers.ts'

/** What there is a line of for every request. */
const FREQUENT = 'request'
const MAX_WAIT_MS = 50
const MAX_WAITING_UNITS = 65_536

/**
 * Events as JSON lines in `server.log`, so that the terminal stays readable. Lines of requests are written together, within
 * 50 ms and before the line of any other event; whoever kills the program takes those of its last 50 ms.
 */
export function openLogFile(home: string, clock: Clock, closers: Closers): Log {
  const file = openSync(join(home, 'server.log'), 'a', 0o600)
  let waiting = ''
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const due = waiting
    waiting = ''
    if (due !== '') appendFileSync(file, due)
  }

  const writeSoon = (line: string): void => {
    waiting += line
    if (isClosed || waiting.length >= MAX_WAITING_UNITS) flush()
    else timer ??= setTimeout(flush, MAX_WAIT_MS).unref()
  }
  const writeNow = (line: string): void => {
    waiting += line
    flush()
  }
  process.once('exit', flush)
  closers.add(async () => {
    isClosed = true
    process.off('exit', flush)
    flush()
  })
  const [soon, now] = [writeSoon, writeNow].map((write) => createLog({ clock, write }))
  return (event, fields) => (event === FREQUENT ? soon : now)?.(event, fields)
}
