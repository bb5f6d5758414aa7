import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
/** When memory is looked at, as a share of the dump. */
const LOOKS = [0.1, 1]

export interface DumpResult {
  readonly megabytes: number
  readonly megabytesPerSecond: number
  /** Highest memory after a tenth of the dump, and after all of it: bounded when they are much alike. */
  readonly peakMegabytes: readonly number[]
}

/** Streams a dump of so many megabytes through `breakwater detect`, and looks at its highest memory on the way. */
export async function streamDump(texts: readonly string[], megabytes: number): Promise<DumpResult> {
  const child = spawn(process.execPath, ['--conditions=breakwater-source', PROGRAM, 'detect'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdout.resume()
  const peaks: number[] = []
  const begun = performance.now()
  let [bytes, number] = [0, 0]
  for (const share of LOOKS) {
    while (bytes < share * megabytes * 1e6) {
      const line = `${JSON.stringify({ id: number, text: texts[number % texts.length] })}\n`
      bytes += Buffer.byteLength(line)
      number++
      if (!child.stdin.write(line)) await once(child.stdin, 'drain')
    }
    peaks.push(readPeak(child.pid ?? 0))
  }
  child.stdin.end()
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error('detect failed')
  const seconds = (performance.now() - begun) / 1000
  return { megabytes: bytes / 1e6, megabytesPerSecond: bytes / 1e6 / seconds, peakMegabytes: peaks }
}

function readPeak(pid: number): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Math.round(Number(line?.[1] ?? 0) / 1000)
}
