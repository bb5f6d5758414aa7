import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Predicted } from '@breakwater/deid/evaluate'
import { type Contestant, createLocal, secondsSince } from './contestant.ts'
import { alignReplaced } from './align.ts'

const FOLDER = new URL('../peers/deid/', import.meta.url)
const WORKER = fileURLToPath(new URL('worker.py', FOLDER))
const PYTHON_PEERS = ['presidio-sm', 'presidio-sm+ids', 'presidio-md', 'presidio-md+ids', 'rampart'] as const
const MARK = '\ue000'

/** Every peer that is installed; the others are named and left out. `python` is an interpreter that has them. */
export async function startPeers(python: string | undefined, only: RegExp): Promise<readonly Contestant[]> {
  const peers = startNodePeers().filter(({ name }) => only.test(name))
  if (python === undefined) console.log('peers in Python: left out, --python names an interpreter that has them')
  else {
    for (const name of PYTHON_PEERS.filter((one) => only.test(one))) peers.push(await startPython(python, name))
  }
  return peers
}

function startNodePeers(): Contestant[] {
  if (!existsSync(new URL('node_modules', FOLDER))) {
    console.log('peers on npm: left out, first npm ci --prefix bench/peers/deid')
    return []
  }
  const require = createRequire(new URL('package.json', FOLDER))
  const begun = performance.now()
  const { SyncRedactor } = require('redact-pii') as {
    SyncRedactor: new (options: object) => { redact(text: string): string }
  }
  const redactor = new SyncRedactor({ globalReplaceWith: MARK })
  const redactMs = performance.now() - begun
  const { OpenRedaction } = require('openredaction') as {
    OpenRedaction: new (options?: object) => { detect(text: string): Promise<{ detections: readonly Detection[] }> }
  }
  const detector = new OpenRedaction()
  return [
    createLocal('redact-pii 3.4.0', redactMs, (text) => alignReplaced(text, redactor.redact(text), MARK)),
    {
      name: 'openredaction 1.1.5',
      loadMs: performance.now() - begun - redactMs,
      async predict(texts) {
        const from = process.cpuUsage()
        const spans: Predicted[][] = []
        for (const text of texts) {
          const { detections } = await detector.detect(text)
          spans.push(detections.map(({ position: [start, end], type }) => ({ start, end, class: type })))
        }
        return { seconds: secondsSince(from), spans }
      },
      stop: () => undefined,
    },
  ]
}

interface Detection {
  readonly type: string
  readonly position: readonly [number, number]
}

/** A peer in a process of its own, on one core. */
async function startPython(python: string, name: string): Promise<Contestant> {
  const child = spawn('taskset', ['-c', '0', python, WORKER, name], { stdio: ['pipe', 'pipe', 'ignore'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`${name} ended: is it installed? bench/peers/deid/requirements.txt`)
    return JSON.parse(value)
  }
  const { loadMs } = (await next()) as { loadMs: number }
  return {
    name,
    loadMs,
    async predict(texts) {
      child.stdin.write(`${JSON.stringify({ texts })}\n`)
      const answer = (await next()) as { seconds: number; spans: (readonly [number, number, string])[][] }
      return {
        seconds: answer.seconds,
        spans: answer.spans.map((spans) => spans.map(([start, end, label]) => ({ start, end, class: label }))),
      }
    },
    stop: () => void child.stdin.end(),
  }
}
