import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ScratchHome } from '../../tests/support/home.ts'
import { findCluster } from '../../tests/support/postgres.ts'
import { addModelServer } from '../../tests/support/register.ts'
import { findFreePort, startServer } from '../../tests/support/server.ts'
import type { RunningServer } from '../../tests/support/server.ts'
import { startCommitter } from './committer.ts'
import type { Committer } from './committer.ts'
import { startPacer } from './pacer.ts'
import type { Pacer } from './pacer.ts'
import { startPeers } from './peers.ts'
import type { Peer } from './peers.ts'
import { GATEWAY_CORE, LOAD_CORE, pin, startPinned } from './processes.ts'
import { CLINICAL_NOTE, MODEL, PATIENT } from './prompts.ts'

const UPSTREAM = fileURLToPath(new URL('upstream.ts', import.meta.url))
const FLOOR = fileURLToPath(new URL('floor.ts', import.meta.url))

export interface WorldOptions {
  readonly withPeers: boolean
  /** What detects: see BREAKWATER_DETECTION. */
  readonly tier: string
  /** Told of each thing that must be ended, once it runs; to be ended in the opposite order. */
  readonly onStarted: (end: () => Promise<unknown>) => void
}

/** All processes of the bench. */
export interface World {
  readonly upstreamUrl: string
  readonly gateway: RunningServer
  /** An API key of the gateway. */
  readonly token: string
  readonly postgresPid: number
  readonly floor: { readonly pid: number; readonly url: string }
  readonly committer: Committer
  readonly pacer: Pacer
  readonly peers: readonly Peer[]
}

/** Starts the model server, the gateway on an empty home, the floor and the peers; all stay up for all rounds. */
export async function startWorld(
  { home, temporary }: ScratchHome,
  { withPeers, tier, onStarted }: WorldOptions,
): Promise<World> {
  const upstream = startPinned(LOAD_CORE, UPSTREAM)
  onStarted(async () => upstream.stop())
  const upstreamUrl = `http://127.0.0.1:${await upstream.nextLine()}/v1`
  const gateway = await startServer({
    home,
    port: await findFreePort(),
    wrapper: pin(GATEWAY_CORE),
    env: { BREAKWATER_DETECTION: tier },
  })
  onStarted(async () => gateway.stop())
  const { token, headers } = await addModelServer(gateway, home, { baseUrl: upstreamUrl, models: [MODEL] })
  await requireMasking(gateway, headers)
  const { url: databaseUrl, pid: postgresPid } = await findCluster(home)
  const committer = await startCommitter(databaseUrl)
  onStarted(async () => committer.stop())
  const floor = startPinned(GATEWAY_CORE, FLOOR, [databaseUrl, upstreamUrl, home])
  onStarted(async () => floor.stop())
  const floorUrl = `https://localhost:${await floor.nextLine()}/v1/chat/completions`
  const pacer = await startPacer(join(home, 'ca.pem'))
  onStarted(async () => pacer.stop())
  const peers = withPeers ? await startPeers({ upstreamUrl, temporary, onStarted }) : []
  return {
    upstreamUrl,
    gateway,
    token,
    postgresPid,
    committer,
    pacer,
    peers,
    floor: { pid: floor.pid, url: floorUrl },
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
