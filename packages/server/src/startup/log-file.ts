import { openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock, Log } from '@breakwater/kernel'
import { createLog } from '../platform/log/log.ts'

/** Events as JSON lines in `server.log`, so that the terminal stays readable. */
export function openLogFile(home: string, clock: Clock): Log {
  const file = openSync(join(home, 'server.log'), 'a', 0o600)
  return createLog({ clock, write: (line) => writeSync(file, line) })
}
