import { mkdir, realpath } from 'node:fs/promises'
import type { Clock, Log } from '@breakwater/kernel'
import type { Config } from '../config.ts'
import { readConfig } from '../config.ts'
import type { HomeRecord } from '../platform/home/home-record.ts'
import { openHomeRecord } from '../platform/home/home-record.ts'
import { lockHome } from '../platform/home/lock.ts'
import { createLog } from '../platform/log/log.ts'
import type { Closers } from './closers.ts'
import { openLogFile } from './log-file.ts'
import { createPublicAddress } from './public-address.ts'
import type { PublicAddress } from './public-address.ts'

/** What every program of ours has, whichever of them it is. */
export interface Process {
  readonly config: Config
  /** The folder of this program alone: two programs never share one. */
  readonly home: string
  readonly record: HomeRecord
  readonly clock: Clock
  readonly log: Log
  readonly address: PublicAddress
}

/** Settings, home, lock and log. Throws `config.invalid`, `home.in-use`. */
export async function openProcess(
  environment: Readonly<Record<string, string | undefined>>,
  stderr: { write(text: string): unknown },
  closers: Closers,
): Promise<Process> {
  const config = readConfig(environment)
  // Whatever is written from here on is for this account alone.
  process.umask(0o077)
  await mkdir(config.BREAKWATER_HOME, { recursive: true, mode: 0o700 })
  const home = await realpath(config.BREAKWATER_HOME)
  const lock = await lockHome(home)
  closers.add(async () => lock.release())
  const clock: Clock = { now: () => new Date() }
  const write = (line: string): unknown => stderr.write(line)
  const log = config.BREAKWATER_LOG === 'stderr' ? createLog({ clock, write }) : openLogFile(home, clock, closers)
  return {
    config,
    home,
    record: await openHomeRecord(home, config.BREAKWATER_ENVIRONMENT),
    clock,
    log,
    address: createPublicAddress(config),
  }
}
