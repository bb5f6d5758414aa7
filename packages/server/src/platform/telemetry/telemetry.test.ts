import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import { createTestCrossing } from '../../testing/crossing.ts'
import { openTelemetry } from './index.ts'
import type { OpenTelemetry } from './index.ts'

interface SentSpan {
  readonly traceId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
}

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function startCollector(): Promise<{ url: string; spans: () => SentSpan[] }> {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      if (request.url === '/v1/traces') bodies.push(body)
      response.end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () =>
      bodies.flatMap((body) => {
        const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[] }
        return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      }),
  }
}

async function open(options: { otlpUrl?: string; metricsPort?: number }): Promise<OpenTelemetry> {
  const telemetry = await openTelemetry({ traceRatio: 1, version: 'test', ...options })
  closers.push(async () => telemetry.close())
  return telemetry
}

const BODY = {
  model: 'scripted',
  messages: [{ role: 'user', content: 'Reach ada.vance@example.org about the X-ray.' }],
}
const PATH = '/v1/chat/completions'

describe('telemetry', () => {
  test("traces a crossing with its stages under the caller's own trace, by the conventions' names (LS-07)", async ({
    db,
  }) => {
    const collector = await startCollector()
    const telemetry = await open({ otlpUrl: collector.url })
    const crossing = await createTestCrossing(db, { telemetry })
    closers.push(async () => crossing.close())
    const traceId = 'a'.repeat(32)
    const headers = { traceparent: `00-${traceId}-${'b'.repeat(16)}-01`, tracestate: 'ada=vance' }
    expect((await crossing.send(PATH, BODY, headers)).status).toBe(200)
    await telemetry.close()
    const spans = collector.spans()
    const root = spans.find(({ name }) => name === 'cross chat.completions')
    expect(root).toMatchObject({ traceId, parentSpanId: 'b'.repeat(16) })
    expect(
      Object.fromEntries(root?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]) ?? []),
    ).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai-compatible',
      'gen_ai.request.model': 'scripted',
      'gen_ai.request.stream': false,
      'breakwater.purpose': 'TREAT',
    })
    const names = spans.filter((span) => span !== root).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['authenticate', 'mask', 'recordIntent', 'forward', 'recordOutcome']))
    expect(JSON.stringify(spans)).not.toMatch(/vance|x-ray/i)
  })

  test('counts what was answered and what was refused, by code, for Prometheus (LS-07)', async ({ db }) => {
    const telemetry = await open({ metricsPort: 0 })
    const crossing = await createTestCrossing(db, { telemetry })
    closers.push(async () => crossing.close())
    await crossing.send(PATH, BODY)
    await crossing.send(PATH, { ...BODY, model: 'nobody.serves@this' })
    const port = telemetry.metricsPort ?? 0
    const scraped = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    expect(scraped).toMatch(/breakwater_crossings_total\{[^}]*breakwater_code="ok"[^}]*\} 1/)
    expect(scraped).toMatch(/breakwater_crossings_total\{[^}]*breakwater_code="provider.unknown-model"[^}]*\} 1/)
    expect(scraped).toMatch(/breakwater_masked_total\{[^}]*breakwater_class="email"[^}]*\} 1/)
    expect(scraped).toMatch(/breakwater_stage_duration_count\{[^}]*breakwater_stage="mask"/)
    expect(scraped).not.toMatch(/nobody|vance/)
    expect((await fetch(`http://127.0.0.1:${port}/other`)).status).toBe(404)
  })

  test('tells of the process what operators look for, by the usual names (LS-07)', async () => {
    const { metricsPort = 0 } = await open({ metricsPort: 0 })
    const scraped = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    const values = Object.fromEntries(
      Array.from(scraped.matchAll(/^(\w+)(?:\{[^}]*\})? ([\d.]+)/gm), ([, name, value]) => [name, Number(value)]),
    )
    const { process_resident_memory_bytes: resident = 0, nodejs_heap_size_used_bytes: used = 0 } = values
    expect(resident).toBeGreaterThan(used)
    expect(used).toBeGreaterThan(1_000_000)
    for (const name of ['nodejs_heap_size_total_bytes', 'nodejs_external_memory_bytes', 'process_cpu_seconds_total'])
      expect(values[name]).toBeGreaterThan(0)
  })

  test('ignores a trace that is not of the form (LS-07)', async ({ db }) => {
    const collector = await startCollector()
    const telemetry = await open({ otlpUrl: collector.url })
    const crossing = await createTestCrossing(db, { telemetry })
    closers.push(async () => crossing.close())
    await crossing.send(PATH, BODY, { traceparent: '00-ada.vance@example.org-01' })
    await telemetry.close()
    const root = collector.spans().find(({ name }) => name === 'cross chat.completions')
    expect(root?.parentSpanId ?? '').toBe('')
    expect(JSON.stringify(collector.spans())).not.toContain('vance')
  })
})
