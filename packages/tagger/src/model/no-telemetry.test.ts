import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const LOAD = new URL('../load.ts', import.meta.url).href
/** The runtime looks its maker's address up within the first second. */
const WATCHED_MS = 3_000
const hasStrace = spawnSync('strace', ['--version']).status === 0

/** What a process does that loads the models and goes on for a while: its sockets to networks, and what it left at home. */
function watch(code: string): { sockets: string[]; left: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-telemetry-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const trace = join(folder, 'trace')
  // A build server is spared by the runtime itself: this one must not look like one.
  const { PATH } = process.env
  const node = [process.execPath, '--conditions=breakwater-source', '--input-type=module', '--eval', code]
  execFileSync('strace', ['-f', '-e', 'trace=socket', '-o', trace, ...node], { env: { PATH, HOME: folder } })
  const calls = readFileSync(trace, 'utf8').split('\n')
  return {
    sockets: calls.filter((call) => call.includes('AF_INET')),
    left: readdirSync(folder).filter((name) => name !== 'trace'),
  }
}

const wait = `await new Promise((done) => setTimeout(done, ${WATCHED_MS}))`

test.skipIf(!hasStrace && !process.env['CI'])(
  'the models tell nobody anything: no network, no file of their own',
  { timeout: 30_000 },
  () => {
    const load = `const { loadTagger } = await import('${LOAD}'); loadTagger().tag('Mr. John Smith was seen.'); ${wait}`
    expect(watch(load)).toEqual({ sockets: [], left: [] })
  },
)

test.skipIf(!hasStrace && !process.env['CI'])(
  'they would otherwise: what watches them sees it',
  { timeout: 30_000 },
  () => {
    const binding = import.meta.resolve('onnxruntime-node/dist/binding.js')
    const load = `const { default: { initOrt } } = await import('${binding}'); initOrt(); ${wait}`
    const { sockets, left } = watch(load)
    expect(sockets.length + left.length).toBeGreaterThan(0)
  },
)
