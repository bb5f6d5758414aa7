import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { makeScratchHome } from '../support/home.ts'
import { startModelServer } from '../support/model-server.ts'
import { findCluster } from '../support/postgres.ts'
import { addModelServer } from '../support/register.ts'
import { findFreePort, startServer } from '../support/server.ts'
import { canTrace, traceWhile } from '../support/strace.ts'
import { countForwards, readTrace, TRACED_CALLS } from './trace.ts'

const LATE_INTENT = fileURLToPath(new URL('late-intent.ts', import.meta.url))
const OPTIONS = { timeout: 60_000 }
const TRACED = { calls: TRACED_CALLS, longest: 4_096 }
// The gate must not go green by leaving this out.
const isTraced = canTrace() || process.env['CI'] === 'true'

/** One crossing, whole or streamed, as the system calls of the server and its PostgreSQL show it. */
async function traceCrossing({
  stream,
  preload,
}: {
  readonly stream: boolean
  readonly preload?: string
}): Promise<object> {
  const scratch = await makeScratchHome()
  onTestFinished(() => scratch.remove())
  const models = await startModelServer()
  onTestFinished(() => models.stop())
  const server = await startServer({
    home: scratch.home,
    port: await findFreePort(),
    env: { TMPDIR: scratch.temporary, ...(preload !== undefined && { NODE_OPTIONS: `--import=${preload}` }) },
  })
  onTestFinished(() => server.stop())
  const { headers } = await addModelServer(server, scratch.home, { baseUrl: models.baseUrl, models: ['echo'] })
  const { pid } = await findCluster(scratch.home)
  const body = JSON.stringify({ model: 'echo', messages: [{ role: 'user', content: 'Good morning' }], stream })
  const text = await traceWhile([server.pid, pid], join(scratch.temporary, 'trace'), TRACED, async () => {
    const answer = await server.client.send('/v1/chat/completions', { headers, body })
    expect(answer.status).toBe(200)
  })
  expect(models.arrivals).toHaveLength(1)
  return countForwards(readTrace(text, models.port))
}

test.runIf(isTraced)('the intent is on disk before the model server is connected to', OPTIONS, async () => {
  expect(await traceCrossing({ stream: false })).toEqual({ durable: 1, early: 0 })
})

test.runIf(isTraced)('so it is in a stream', OPTIONS, async () => {
  expect(await traceCrossing({ stream: true })).toEqual({ durable: 1, early: 0 })
})

test.runIf(isTraced)('a server whose intent comes after the forward is caught', OPTIONS, async () => {
  expect(await traceCrossing({ preload: LATE_INTENT, stream: false })).toEqual({ durable: 0, early: 1 })
})
