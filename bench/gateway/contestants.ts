import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ScratchHome } from '../../tests/support/home.ts'
import { addModelServer } from '../../tests/support/register.ts'
import { findCluster } from '../../tests/support/postgres.ts'
import { findFreePort, startServer } from '../../tests/support/server.ts'
import type { RunningServer } from '../../tests/support/server.ts'
import { startCommitter } from './committer.ts'
import { GATEWAY_CORE, LOAD_CORE, pin, residentMegabytes, startPinned } from './processes.ts'
import type { PinnedProcess } from './processes.ts'
import { CLINICAL_NOTE, FRESH, makeTurns, PATIENT, PLAIN_PROMPT } from './prompts.ts'
import type { Contestant } from './rounds.ts'
import { runLoad } from './wrk.ts'
import type { LoadResult, Target } from './wrk.ts'

const PORTKEY = fileURLToPath(
  new URL('../peers/portkey/node_modules/@portkey-ai/gateway/build/start-server.js', import.meta.url),
)
const FLOOR = fileURLToPath(new URL('floor.ts', import.meta.url))
const MODEL = 'bench-model'

export interface ContestantOptions {
  /** Of load for one figure. */
  readonly seconds: number
  readonly isStream: boolean
  readonly withPeers: boolean
  /** What detects: see BREAKWATER_DETECTION. */
  readonly tier: string
}

export interface Contestants {
  readonly list: readonly Contestant[]
  residentMegabytes(): Promise<Readonly<Record<string, number>>>
  stop(): Promise<void>
}

/** Starts the model server, the gateway on an empty home, and the peer; all stay up for all rounds. */
export async function startContestants(
  { home, temporary }: ScratchHome,
  { seconds, isStream, withPeers, tier }: ContestantOptions,
): Promise<Contestants> {
  const upstream = startPinned(LOAD_CORE, fileURLToPath(new URL('upstream.ts', import.meta.url)))
  const upstreamUrl = `http://127.0.0.1:${await upstream.nextLine()}/v1`
  const gateway = await startServer({
    home,
    port: await findFreePort(),
    wrapper: pin(GATEWAY_CORE),
    env: { BREAKWATER_DETECTION: tier },
  })
  const { token, headers } = await addModelServer(gateway, home, { baseUrl: upstreamUrl, models: [MODEL] })
  await requireMasking(gateway, headers)
  const cluster = await findCluster(home)
  const committer = await startCommitter(cluster.url)
  const floor = startPinned(GATEWAY_CORE, FLOOR, [cluster.url, upstreamUrl, home])
  const floorUrl = `https://localhost:${await floor.nextLine()}/v1/chat/completions`
  const peer = withPeers ? await startPortkey() : undefined

  const write = async (name: string, text: string): Promise<string> => {
    const path = join(temporary, `${name}.json`)
    await writeFile(path, text)
    return path
  }
  const writeTalk = async (name: string, messages: readonly object[]): Promise<string> =>
    write(name, JSON.stringify({ model: MODEL, stream: isStream, messages }))
  const writeBody = async (name: string, content: string): Promise<string> =>
    writeTalk(name, [{ role: 'user', content }])
  const plain = await writeBody('plain', PLAIN_PROMPT)
  const note = await writeBody('note', CLINICAL_NOTE)
  const fresh = await writeBody('note-fresh', `${CLINICAL_NOTE}\nRemarks: ${FRESH}.`)
  const talk = await writeTalk('conversation', [
    ...makeTurns(9),
    { role: 'user', content: `Ms. Okafor-Brandt feels ${FRESH}. What next?` },
  ])
  const nothing = await write('nothing', '')
  const direct = (bodyFile: string): Target => ({ url: `${upstreamUrl}/chat/completions`, headers: [], bodyFile })
  const ours = (bodyFile: string): Target => ({
    url: `${gateway.origin}/v1/chat/completions`,
    headers: [`authorization: Bearer ${token}`, 'breakwater-purpose: TREAT'],
    bodyFile,
  })
  // One thread reads what is new: so many connections wait for each other, and every one is to get its answer.
  const longEnough = (connections: number): number => Math.max(seconds, connections / 8)
  const loaded = (name: string, target: Target, pids?: readonly number[], isNew = false): Contestant => ({
    name,
    ...(pids && { pids }),
    measure: (connections) => runLoad(target, connections, isNew ? longEnough(connections) : seconds),
  })
  const commitUnderLoad = async (connections: number): Promise<LoadResult> => {
    const load = runLoad(ours(plain), connections, seconds)
    const [result] = await Promise.all([committer.measure(1, seconds), load])
    return result
  }
  const healthUnderLoad = async (connections: number): Promise<LoadResult> => {
    const load = runLoad(ours(fresh), connections, longEnough(connections))
    const health = { url: `${gateway.origin}/healthz`, headers: [], bodyFile: nothing }
    const [result] = await Promise.all([runLoad(health, 1, longEnough(connections)), load])
    return result
  }
  return {
    list: [
      loaded('direct', direct(plain)),
      loaded('direct note', direct(note)),
      loaded('floor', { url: floorUrl, headers: [], bodyFile: plain }, [floor.pid, gateway.pid]),
      loaded('plain', ours(plain), [gateway.pid]),
      loaded('note', ours(note), [gateway.pid]),
      loaded('note first sight', ours(fresh), [gateway.pid], true),
      loaded('conversation', ours(talk), [gateway.pid], true),
      { name: 'health under notes', measure: healthUnderLoad },
      { name: 'commit', measure: (connections) => committer.measure(connections, seconds) },
      { name: 'commit under plain', measure: commitUnderLoad },
      ...(peer ? [loaded('portkey', { ...peer.target(upstreamUrl), bodyFile: plain }, [peer.process.pid])] : []),
    ],
    async residentMegabytes() {
      const postgres = await residentMegabytes(cluster.pid)
      // PostgreSQL runs below the gateway.
      const sizes = { gateway: (await residentMegabytes(gateway.pid)) - postgres, 'its PostgreSQL': postgres }
      return peer ? { ...sizes, portkey: await residentMegabytes(peer.process.pid) } : sizes
    },
    async stop() {
      await Promise.all([committer.stop(), floor.stop()])
      await gateway.stop()
      await Promise.all([upstream.stop(), peer?.process.stop()])
    },
  }
}

/** A gateway that masks nothing, or gives nothing back, is fast for nothing. */
async function requireMasking(gateway: RunningServer, headers: Readonly<Record<string, string>>): Promise<void> {
  const body = JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: CLINICAL_NOTE }] })
  const [preview, answer] = await Promise.all(
    ['/api/v1/preview', '/v1/chat/completions'].map((path) => gateway.client.send(path, { headers, body })),
  )
  const isMasked = preview?.status === 200 && !preview.body.includes(PATIENT)
  const isRestored = answer?.status === 200 && answer.body.includes(PATIENT)
  if (!isMasked || !isRestored) throw new Error('the note was not masked, or its answer not restored')
}

interface Portkey {
  readonly process: PinnedProcess
  target(upstreamUrl: string): Omit<Target, 'bodyFile'>
}

async function startPortkey(): Promise<Portkey> {
  if (!existsSync(PORTKEY)) throw new Error('first: npm ci --prefix bench/peers/portkey (or --without-peers)')
  const port = await findFreePort()
  const process = startPinned(GATEWAY_CORE, PORTKEY, ['--headless', `--port=${port}`])
  await process.nextLine()
  const origin = `http://127.0.0.1:${port}`
  while (!(await fetch(origin).catch(() => undefined))) await sleep(50)
  return {
    process,
    target: (upstreamUrl) => ({
      url: `${origin}/v1/chat/completions`,
      headers: ['authorization: Bearer none', 'x-portkey-provider: openai', `x-portkey-custom-host: ${upstreamUrl}`],
    }),
  }
}
