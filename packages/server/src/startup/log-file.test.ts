import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '@breakwater/kernel'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createClosers } from './closers.ts'
import type { Closers } from './closers.ts'
import { openLogFile } from './log-file.ts'

let home: string
let closers: Closers
let log: Log
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bw-'))
  closers = createClosers()
  log = openLogFile(home, { now: () => new Date(0) }, closers)
})
afterEach(async () => {
  await closers.closeAll()
  await rm(home, { recursive: true })
})

async function readEvents(): Promise<unknown[]> {
  const text = await readFile(join(home, 'server.log'), 'utf8')
  return text.split('\n').flatMap((line) => (line === '' ? [] : [Object(JSON.parse(line)).event]))
}

describe('the log file', () => {
  test('holds the lines of requests a moment later, together', async () => {
    log('request', { status: 200 })
    log('request', { status: 200 })
    expect(await readEvents()).toEqual([])
    await sleep(200)
    expect(await readEvents()).toEqual(['request', 'request'])
  })

  test('holds any other event at once, and what was before it, before it', async () => {
    log('request', { status: 200 })
    log('egress-frozen', { tenant: 'acme' })
    expect(await readEvents()).toEqual(['request', 'egress-frozen'])
  })

  test('loses nothing when the program closes, or goes on a little behind that', async () => {
    log('request', { status: 200 })
    await closers.closeAll()
    log('request', { status: 503 })
    expect(await readEvents()).toEqual(['request', 'request'])
  })

  test('has a bound for what waits', async () => {
    for (let i = 0; i < 2_000; i++) log('request', { status: 200, route: '/v1/chat/completions' })
    expect((await readEvents()).length).toBeGreaterThan(500)
  })
})
