import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findFreePort } from '../../tests/support/server.ts'
import { GATEWAY_CORE, startPinned, startPinnedProgram } from './processes.ts'
import { MODEL, PLAIN_PROMPT } from './prompts.ts'
import type { Target } from './wrk.ts'

/** Another gateway, started on the gateway's core with one worker; it keeps nothing and masks nothing. */
export interface Peer {
  readonly name: string
  readonly pid: number
  readonly target: Omit<Target, 'bodyFile'>
}

/** What a peer is started with. */
interface PeerOptions {
  readonly upstreamUrl: string
  /** Where it may write. */
  readonly temporary: string
  readonly onStarted: (end: () => Promise<unknown>) => void
}

const fileOf = (path: string): string => fileURLToPath(new URL(`../peers/${path}`, import.meta.url))
const PORTKEY = fileOf('portkey/node_modules/@portkey-ai/gateway/build/start-server.js')
const LITELLM_VENV = join(process.env['LITELLM_PEER'] ?? join(tmpdir(), 'breakwater-litellm-peer'), 'venv')
const LITELLM = join(LITELLM_VENV, 'bin', 'litellm')
const LITELLM_ENV = {
  LITELLM_MODE: 'PRODUCTION',
  LITELLM_LOG: 'ERROR',
  // Neither asks the network for prices, nor wants a key of the caller: it has less to do than ours.
  LITELLM_LOCAL_MODEL_COST_MAP: 'True',
  LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY: 'true',
}
const START_MS = 120_000

/** Those that are installed; of the others it prints how to get them. */
export async function startPeers(options: PeerOptions): Promise<readonly Peer[]> {
  const peers: Peer[] = []
  for (const [name, file, install, start] of [
    ['portkey', PORTKEY, 'npm ci --prefix bench/peers/portkey', startPortkey],
    ['litellm', join(LITELLM_VENV, 'installed.txt'), 'bash bench/peers/litellm/install.sh', startLitellm],
  ] as const) {
    if (existsSync(file)) {
      const peer = await start(options)
      await requireAnswer(peer)
      peers.push(peer)
    } else console.log(`${name} is left out: it is not installed; ${install}`)
  }
  return peers
}

async function startPortkey({ upstreamUrl, onStarted }: PeerOptions): Promise<Peer> {
  const port = await findFreePort()
  const running = startPinned(GATEWAY_CORE, PORTKEY, ['--headless', `--port=${port}`])
  onStarted(async () => running.stop())
  const origin = `http://127.0.0.1:${port}`
  await untilAnswering(origin)
  const headers = ['authorization: Bearer none', 'x-portkey-provider: openai', `x-portkey-custom-host: ${upstreamUrl}`]
  return { name: 'portkey', pid: running.pid, target: { url: `${origin}/v1/chat/completions`, headers } }
}

async function startLitellm({ upstreamUrl, temporary, onStarted }: PeerOptions): Promise<Peer> {
  const port = await findFreePort()
  const config = join(temporary, 'litellm.yaml')
  const template = await readFile(fileOf('litellm/config.yaml'), 'utf8')
  await writeFile(config, template.replace('__UPSTREAM__', upstreamUrl))
  const options = ['--config', config, '--host', '127.0.0.1', '--port', String(port), '--num_workers', '1']
  const running = startPinnedProgram(GATEWAY_CORE, LITELLM, [...options, '--telemetry', 'False'], LITELLM_ENV)
  onStarted(async () => running.stop())
  const origin = `http://127.0.0.1:${port}`
  await untilAnswering(`${origin}/health/liveliness`)
  const headers = ['authorization: Bearer none']
  return { name: 'litellm', pid: running.pid, target: { url: `${origin}/v1/chat/completions`, headers } }
}

/** A peer that refuses is not measured. */
async function requireAnswer({ name, target }: Peer): Promise<void> {
  const headers = Object.fromEntries(target.headers.map((line) => line.split(': ')))
  const body = JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: PLAIN_PROMPT }] })
  const json = { 'content-type': 'application/json' }
  const { status } = await fetch(target.url, { method: 'POST', headers: { ...headers, ...json }, body })
  if (status !== 200) throw new Error(`${name} answers with ${status}: see --without-peers`)
}

async function untilAnswering(url: string): Promise<void> {
  const untilMs = performance.now() + START_MS
  while (!(await fetch(url).catch(() => undefined))) {
    if (performance.now() > untilMs) throw new Error(`nothing answers at ${url}`)
    await sleep(50)
  }
}
