import { execFile, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ScratchHome } from '../support/home.ts'
import { makeScratchHome } from '../support/home.ts'
import type { RunningServer } from '../support/server.ts'
import { findFreePort, startServer } from '../support/server.ts'

const run = promisify(execFile)
const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
// On a user's machine the judges may be absent; the gate installs them.
const isMissing = process.env['CI'] === undefined && !(has('sslscan') && has('testssl'))

// What these programs report though nothing is wrong: they speak of themselves.
const ABOUT_THE_JUDGE: ReadonlySet<string> = new Set(['engine_problem'])

describe.skipIf(isMissing)(
  'judged by sslscan and testssl.sh (needs both installed) (EN-09)',
  { timeout: 180_000 },
  () => {
    let scratch: ScratchHome
    let server: RunningServer
    let port = 0
    beforeAll(async () => {
      scratch = await makeScratchHome()
      port = await findFreePort()
      server = await startServer({ home: scratch.home, port, env: { TMPDIR: scratch.temporary } })
    }, 60_000)
    afterAll(async () => {
      await server.stop()
      await scratch.remove()
    })

    test('sslscan finds TLS 1.3 alone, with authenticated suites and elliptic curves', async () => {
      const { stdout } = await run('sslscan', ['--xml=-', `127.0.0.1:${port}`])
      const all = (pattern: RegExp): string[] => Array.from(stdout.matchAll(pattern), ([, found = '']) => found)
      expect(all(/<protocol type="\w+" version="([\d.]+)" enabled="1"/g)).toEqual(['1.3'])
      expect(all(/cipher="(\w+)"/g).toSorted()).toEqual([
        'TLS_AES_128_GCM_SHA256',
        'TLS_AES_256_GCM_SHA384',
        'TLS_CHACHA20_POLY1305_SHA256',
      ])
      expect(all(/<group [^>]*name="(\w+)/g).toSorted()).toEqual(['secp256r1', 'secp384r1', 'x25519'])
    })

    test('testssl.sh finds nothing that it would warn of', async () => {
      const report = join(scratch.temporary, 'testssl.json')
      const options = ['--warnings', 'batch', '--quiet', '--color', '0', '-p', '-s', '-f', '-U', '--jsonfile', report]
      await run('testssl', [...options, `https://localhost:${port}`])
      const findings: { id: string; severity: string }[] = JSON.parse(await readFile(report, 'utf8'))
      expect(findings.length).toBeGreaterThan(30)
      const bad = findings.filter(({ id, severity }) => !ABOUT_THE_JUDGE.has(id) && !/^(OK|INFO)$/.test(severity))
      expect(bad).toEqual([])
    })
  },
)
