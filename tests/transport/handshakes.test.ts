import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFileReader, verifyLog } from '@breakwater/ledger/verify'
import type { LedgerEntry } from '@breakwater/ledger/verify'
import type { ScratchHome } from '../support/home.ts'
import { makeScratchHome } from '../support/home.ts'
import type { RunningServer } from '../support/server.ts'
import { findFreePort, startServer } from '../support/server.ts'

describe('what a client may speak (EN-09, EN-11)', { timeout: 60_000 }, () => {
  let scratch: ScratchHome
  let server: RunningServer
  let port = 0
  let ca = ''

  beforeAll(async () => {
    scratch = await makeScratchHome()
    port = await findFreePort()
    server = await startServer({ home: scratch.home, port, env: { TMPDIR: scratch.temporary } })
    ca = await readFile(join(scratch.home, 'ca.pem'), 'utf8')
  })
  afterAll(async () => {
    await server.stop()
    await scratch.remove()
  })

  async function shake(options: ConnectionOptions): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca, ...options })
    try {
      await once(socket, 'secureConnect')
      return `${socket.getProtocol()}`
    } catch {
      return 'refused'
    } finally {
      socket.destroy()
    }
  }

  test.for<[string, ConnectionOptions, string]>([
    ['TLS 1.3', {}, 'TLSv1.3'],
    ['TLS 1.3 with the hybrid group', { ecdhCurve: 'X25519MLKEM768' }, 'TLSv1.3'],
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }, 'refused'],
    ['TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, 'refused'],
    ['TLS 1.0', { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }, 'refused'],
    ['a finite-field group', { ecdhCurve: 'ffdhe2048' }, 'refused'],
    ['a suite of AES-CCM', { ciphers: 'TLS_AES_128_CCM_SHA256' }, 'refused'],
  ])('%s: %s', async ([, options, outcome]) => {
    expect(await shake(options)).toBe(outcome)
  })

  test('an attempt that failed is in the log within five seconds, as counts by reason', async () => {
    await shake({ minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' })
    await shake({ ecdhCurve: 'ffdhe2048' })
    const plain = connectPlain({ host: '127.0.0.1', port })
    plain.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(plain, 'close')
    await delay(5_000)
    const seen = new Map<string, number>()
    for (const { kind, counts } of await readLog(scratch.home)) {
      if (kind !== 'handshake.failed') continue
      for (const [reason, number] of Object.entries(counts)) seen.set(reason, (seen.get(reason) ?? 0) + number)
    }
    expect([...seen.keys()].toSorted()).toEqual(['tls.cipher', 'tls.group', 'tls.plaintext', 'tls.version'])
  })
})

async function readLog(home: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = []
  await verifyLog({
    reader: createFileReader(join(home, 'log')),
    vkey: (await readFile(join(home, 'log.vkey'), 'utf8')).trim(),
    onEntry: (_index, entry) => entries.push(entry),
  })
  return entries
}
