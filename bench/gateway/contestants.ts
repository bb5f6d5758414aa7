import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createPacedContestants } from './paced-contestants.ts'
import { ownMegabytes, proportionalMegabytes, residentMegabytes } from './processes.ts'
import { CLINICAL_NOTE, FRESH, makeTurns, MODEL, PLAIN_PROMPT } from './prompts.ts'
import type { Contestant } from './rounds.ts'
import type { World } from './world.ts'
import { runLoad } from './wrk.ts'
import type { LoadResult, Target } from './wrk.ts'

export interface ContestantOptions {
  /** Where bodies are written. */
  readonly temporary: string
  /** Of load for one figure. */
  readonly seconds: number
  readonly isStream: boolean
  /** Of what the gateway bears, what the rows at a steady rate offer it; 0: no such rows. */
  readonly share: number
}

/** Everything that is measured, on processes that run. */
export async function createContestants(
  { upstreamUrl, gateway, token, floor, committer, pacer, peers }: World,
  { temporary, seconds, isStream, share }: ContestantOptions,
): Promise<readonly Contestant[]> {
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
  const steady = {
    rows: [
      { name: 'plain', ours: ours(plain), direct: direct(plain) },
      { name: 'note', ours: ours(note), direct: direct(note) },
      { name: 'note first sight', ours: ours(fresh), direct: direct(fresh) },
    ],
    pids: [gateway.pid],
    pacer,
    committer,
    seconds,
    share,
  }
  return [
    loaded('direct', direct(plain)),
    loaded('direct note', direct(note)),
    loaded('floor', { url: floor.url, headers: [], bodyFile: plain }, [floor.pid, gateway.pid]),
    loaded('plain', ours(plain), [gateway.pid]),
    loaded('note', ours(note), [gateway.pid]),
    loaded('note first sight', ours(fresh), [gateway.pid], true),
    loaded('conversation', ours(talk), [gateway.pid], true),
    { name: 'health under notes', measure: healthUnderLoad },
    { name: 'commit', measure: (connections) => committer.measure(connections, seconds) },
    { name: 'commit under plain', measure: commitUnderLoad },
    ...(share > 0 ? await createPacedContestants(steady) : []),
    ...peers.map(({ name, target, pid }) => loaded(name, { ...target, bodyFile: plain }, [pid])),
  ]
}

/** The gateway's own process; its PostgreSQL, where pages that its processes share count once; peers with all below them. */
export async function measureMemory(world: World): Promise<Readonly<Record<string, number>>> {
  const own = {
    gateway: await ownMegabytes(world.gateway.pid),
    'its PostgreSQL': await proportionalMegabytes(world.postgresPid),
  }
  const others = world.peers.map(async ({ name, pid }) => [name, await residentMegabytes(pid)] as const)
  return { ...own, ...Object.fromEntries(await Promise.all(others)) }
}
