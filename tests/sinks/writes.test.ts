import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ScratchHome } from '../support/home.ts'
import { makeScratchHome } from '../support/home.ts'
import { ILL_MANNERED_MODELS, startModelServer } from '../support/model-server.ts'
import type { ModelServer } from '../support/model-server.ts'
import { addModelServer, readAdminToken } from '../support/register.ts'
import type { RunningServer } from '../support/server.ts'
import { findFreePort, startServer } from '../support/server.ts'
import { canTrace, traceWhile } from '../support/strace.ts'
import { CANARIES } from './canaries.ts'
import { listScenarios, play } from './scenarios.ts'
import { createSearcher } from './search.ts'
import { readWrites } from './writes.ts'

const LEAK = fileURLToPath(new URL('leak.ts', import.meta.url))
const TIMEOUT_MS = 120_000
const CALLS = 'write,writev,pwrite64,pwritev,pwritev2'
const searcher = createSearcher(CANARIES)
// On a user's machine strace may be absent; the gate installs it.
const isMissing = process.env['CI'] === undefined && !canTrace()

// A file that is written and removed again is in no folder that is searched afterwards: so the writing itself is watched.
describe.skipIf(isMissing)('what the processes write to files while PHI crosses (needs strace) (EN-03)', () => {
  let scratch: ScratchHome
  let models: ModelServer
  let server: RunningServer
  beforeAll(async () => {
    scratch = await makeScratchHome()
    models = await startModelServer()
    server = await startServer({
      home: scratch.home,
      port: await findFreePort(),
      env: { TMPDIR: scratch.temporary, NODE_OPTIONS: `--import=${LEAK}`, BREAKWATER_DEADLINE_SECONDS: '3' },
    })
  }, TIMEOUT_MS)
  afterAll(async () => {
    await server?.stop()
    await models?.stop()
    await scratch?.remove()
  }, TIMEOUT_MS)

  async function watch(work: () => Promise<void>): Promise<{ readonly files: string[]; readonly hits: string[] }> {
    const file = join(scratch.temporary, 'trace')
    const trace = await traceWhile([server.pid], file, { calls: CALLS, longest: 1_000_000, isHex: true }, work)
    const writes = readWrites(trace)
    const hits = Array.from(writes).flatMap(([path, bytes]) =>
      searcher.inBytes(bytes, path).map(({ label, source }) => `${label} in ${source.replace(scratch.home, 'home')}`),
    )
    return { files: [...writes.keys()], hits: [...new Set(hits)] }
  }

  test('holds no planted value, temporary files included', { timeout: TIMEOUT_MS }, async () => {
    const served = { baseUrl: models.baseUrl, models: ['echo', ...ILL_MANNERED_MODELS] }
    const caller = await addModelServer(server, scratch.home, served)
    const scenarios = listScenarios(caller, await readAdminToken(scratch.home))
    const { files, hits } = await watch(async () => {
      await Promise.all(scenarios.map(async (scenario) => play(server.client, scenario)))
    })
    expect(files.some((path) => path.includes('/pg_wal/'))).toBe(true)
    expect(hits).toEqual([])
  })

  test('shows a value that is written on purpose', { timeout: TIMEOUT_MS }, async () => {
    const { hits } = await watch(async () => {
      process.kill(server.pid, 'SIGUSR2')
      while (!server.output().includes('leaked\n')) await sleep(20)
    })
    expect(hits).toContain('record number in home/log/tile/entries/x999/000')
  })
})
