import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCollector } from '../support/collector.ts'
import type { Collector } from '../support/collector.ts'
import { makeScratchHome } from '../support/home.ts'
import type { ScratchHome } from '../support/home.ts'
import { ILL_MANNERED_MODELS, startModelServer } from '../support/model-server.ts'
import type { ModelServer } from '../support/model-server.ts'
import { findCluster } from '../support/postgres.ts'
import { addModelServer, readAdminToken } from '../support/register.ts'
import { findFreePort, startServer } from '../support/server.ts'
import type { RunningServer } from '../support/server.ts'
import { CANARIES, DETECTABLE, UNDETECTABLE } from './canaries.ts'
import { searchSinks } from './collect.ts'
import { keepEverything, useKept } from './keep.ts'
import { BROKEN_REQUESTS, listScenarios, play, sendRaw } from './scenarios.ts'
import { createSearcher } from './search.ts'
import type { Hit } from './search.ts'

const LEAK = fileURLToPath(new URL('leak.ts', import.meta.url))
const TIMEOUT_MS = 60_000
const searcher = createSearcher(CANARIES)

let scratch: ScratchHome
let models: ModelServer
let collector: Collector
let metricsPort: number
let server: RunningServer

beforeAll(async () => {
  scratch = await makeScratchHome()
  models = await startModelServer()
  collector = await startCollector()
  metricsPort = await findFreePort()
  server = await startServer({
    home: scratch.home,
    port: await findFreePort(),
    env: {
      TMPDIR: scratch.temporary,
      NODE_OPTIONS: `--import=${LEAK}`,
      BREAKWATER_DEADLINE_SECONDS: '3',
      BREAKWATER_OTLP_URL: collector.url,
      BREAKWATER_METRICS_PORT: String(metricsPort),
      BREAKWATER_TRACE_RATIO: '1',
    },
  })
}, TIMEOUT_MS)

afterAll(async () => {
  await server?.stop()
  await models?.stop()
  await collector?.stop()
  await scratch?.remove()
}, TIMEOUT_MS)

const search = (): ReturnType<typeof searchSinks> => searchSinks(searcher, { server, ...scratch })

/** Each once: a value that leaks does so a thousand times. */
const summarise = (hits: readonly Hit[]): readonly string[] => [
  ...new Set(hits.map(({ label, form, source }) => `${label}: ${form} in ${source}`)),
]

// In order: the leaks on purpose come last.
describe('planted values (LS-07)', () => {
  test('come back in no error, whatever went wrong', { timeout: TIMEOUT_MS }, async () => {
    const caller = await addModelServer(server, scratch.home, {
      baseUrl: models.baseUrl,
      models: ['echo', ...ILL_MANNERED_MODELS],
    })
    const adminToken = await readAdminToken(scratch.home)
    await keepEverything(server, adminToken)
    const scenarios = listScenarios(caller, adminToken)
    const unexpected: string[] = []
    const leaks: Hit[] = []
    await Promise.all(
      scenarios.map(async (scenario) => {
        const { answer, isExpected } = await play(server.client, scenario)
        if (!isExpected) unexpected.push(`${scenario.name}: ${answer.status}`)
        if (scenario.expected !== 'refusal') return
        const head = Buffer.from(JSON.stringify(answer.headers))
        leaks.push(...searcher.inBytes(Buffer.concat([head, answer.body]), scenario.name))
      }),
    )
    const ca = await readFile(join(scratch.home, 'ca.pem'), 'utf8')
    for (const [at, bytes] of BROKEN_REQUESTS.entries()) {
      leaks.push(...searcher.inBytes(await sendRaw(server.origin, ca, bytes), `broken request ${at}`))
    }
    const { refusals, kept } = await useKept(server, caller, adminToken)
    for (const { status, headers, body } of refusals) {
      if (status < 400) unexpected.push(`of what is kept: ${status}`)
      leaks.push(...searcher.inBytes(Buffer.concat([Buffer.from(JSON.stringify(headers)), body]), 'what is kept'))
    }
    expect(kept).toBeGreaterThan(3)
    expect({ unexpected, leaks: summarise(leaks) }).toEqual({ unexpected: [], leaks: [] })
  })

  test('were on their way: the model server got those that no rule recognises, and none of the others', () => {
    const received = Buffer.from(models.arrivals.map(({ body }) => body).join('\n'))
    const labels = new Set(searcher.inBytes(received, 'model server').map(({ label }) => label))
    expect([...labels].filter((label) => Object.hasOwn(DETECTABLE, label))).toEqual([])
    // No rule recognises these; the models do some of them.
    expect([...labels].every((label) => Object.hasOwn(UNDETECTABLE, label))).toBe(true)
    expect(labels.size).toBeGreaterThan(Object.keys(UNDETECTABLE).length / 2)
  })

  test('are in no sink, with all switched on that may be kept (GW-09)', { timeout: TIMEOUT_MS }, async () => {
    const { hits, looked } = await search()
    expect(summarise(hits)).toEqual([])
    expect(looked.files).toBeGreaterThan(500)
    expect(looked.rows).toBeGreaterThan(50)
    expect(looked.printedBytes).toBeGreaterThan(100)
  })

  test('are in no trace, no metric and no line of the access log', { timeout: TIMEOUT_MS }, async () => {
    const arrived = (path: string): boolean => collector.received.some((sent) => sent.path === path)
    while (!arrived('/v1/traces')) await sleep(100)
    const scraped = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    const log = await readFile(join(scratch.home, 'server.log'))
    const sent = Buffer.concat(collector.received.map(({ body }) => body))
    expect(summarise(searcher.inBytes(sent, 'telemetry'))).toEqual([])
    expect(summarise(searcher.inBytes(Buffer.from(scraped), 'metrics'))).toEqual([])
    expect(summarise(searcher.inBytes(log, 'access log'))).toEqual([])
    expect(sent.includes('recordIntent')).toBe(true)
    expect(scraped).toMatch(/breakwater_crossings_total\{.*breakwater_code="ok"/)
    expect(scraped).toMatch(/gen_ai_client_operation_duration_count\{/)
    expect(log.includes('"route":"/v1/chat/completions"')).toBe(true)
    expect(log.includes('"route":"unknown"')).toBe(true)
  })

  test('are found in each sink when they leak on purpose', { timeout: TIMEOUT_MS }, async () => {
    process.kill(server.pid, 'SIGUSR2')
    const client = new Client({ connectionString: (await findCluster(scratch.home)).url })
    await client.connect()
    await client.query('create table planted (note text)')
    await client.query('insert into planted values ($1), (repeat($2, 5000))', [
      CANARIES['clinician'],
      CANARIES['sentence'],
    ])
    await client.end()
    while (!server.output().includes('leaked\n')) await sleep(20)

    const { hits } = await search()
    const places = (label: string): readonly string[] =>
      hits
        .filter((hit) => hit.label === label)
        .map(({ form, source }) => `${form} in ${source.replace(scratch.home, 'home')}`)
    expect.soft(places('quoted')).toContain('JSON in printed')
    expect.soft(places('family name')).toContain('plain in printed')
    expect.soft(places('script').join()).toMatch(/UTF-16LE in .*upload-1/)
    expect.soft(places('given name').join()).toMatch(/base64 at \d in home\/cache.json/)
    expect.soft(places('record number').join()).toContain('plain in home/log/tile/entries/x999/000')
    expect.soft(places('clinician')).toContain('plain in rows of public.planted')
    expect.soft(places('clinician').join()).toMatch(/plain in [^,]*\/base\/\d+\/\d+/)
    expect.soft(places('clinician').join()).toMatch(/plain in [^,]*\/pg_wal\//)
    // Compressed in its file: that is why rows are read too.
    expect.soft(places('sentence')).toContain('plain in rows of public.planted')
  })

  test('are found in an error that repeats them', () => {
    const body = JSON.stringify({ error: { message: `Unknown model: ${CANARIES['accents']}` } })
    expect(searcher.inBytes(Buffer.from(body), 'an error')).not.toEqual([])
  })
})
