// Does what the README's reader does: starts the server with `npm start`, pastes the curl line of the ready screen, reads
// the answer, verifies the log with the command line, stops it with Ctrl-C, starts again, and stops that with SIGTERM.
// Copies the log to the folder that SMOKE_KEEP_LOG names, so that an outside judge can read it.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const PORT = '18443'
const READY_LIMIT_MS = 30_000
const STOP_LIMIT_MS = 15_000
const home = join(mkdtempSync(join(tmpdir(), 'breakwater-smoke-')), 'home')
const environment = { ...process.env, BREAKWATER_HOME: home, BREAKWATER_PORT: PORT }

interface Started {
  readonly process: ChildProcess
  readonly screen: string
  readonly readyAfterMs: number
}

async function start(): Promise<Started> {
  const startedAt = performance.now()
  const server = spawn('npm', ['start'], { env: environment, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  let screen = ''
  server.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text))
  while (!screen.includes('Ctrl-C')) {
    if (server.exitCode !== null || performance.now() - startedAt > READY_LIMIT_MS) fail(`not ready:\n${screen}`)
    await sleep(20)
  }
  return { process: server, screen, readyAfterMs: Math.round(performance.now() - startedAt) }
}

/** Whether everything ended: what still runs keeps the pipe of its output open. */
async function stop(server: ChildProcess, signal: 'SIGINT' | 'SIGTERM'): Promise<boolean> {
  const closed = once(server, 'close').then(() => true)
  // A terminal's Ctrl-C goes to the whole group, a supervisor's SIGTERM to npm alone.
  if (server.pid !== undefined) process.kill(signal === 'SIGINT' ? -server.pid : server.pid, signal)
  const ended = await Promise.race([closed, sleep(STOP_LIMIT_MS, false, { ref: false })])
  if (!ended && server.pid !== undefined) process.kill(-server.pid, 'SIGKILL')
  return ended
}

function run(command: string): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { env: environment, encoding: 'utf8' })
  if (status !== 0) fail(`exit ${status}: ${command.split(' ', 2).join(' ')}\n${stderr}`)
  return stdout
}

function expectThat(claim: string, holds: boolean): void {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${claim}`)
  if (!holds) process.exitCode = 1
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

const first = await start()
console.log(first.screen)
expectThat(`ready in under 10 s with a new home (${first.readyAfterMs} ms)`, first.readyAfterMs < 10_000)
const [line = ''] = /^\s*curl [^]*?'$/m.exec(first.screen) ?? []
const answer = run(`${line} --silent --show-error --include`)
console.log(`${answer}\n`)
expectThat('the pasted line gives the name back', answer.includes('Falkner'))
expectThat('the answer says what the model got: tokens', answer.includes('Tokens I was sent'))
expectThat('the answer carries a receipt', /^breakwater-receipt: intent=\d+, outcome=\d+/im.test(answer))
expectThat('the log verifies', run('npm run -s breakwater -- audit verify').includes('verified'))
const refused = spawnSync('npm', ['start'], { env: environment, encoding: 'utf8' })
expectThat('a second start on the same home is refused', refused.status !== 0 && /in use|runs on/i.test(refused.stderr))
expectThat('Ctrl-C ends everything', await stop(first.process, 'SIGINT'))

const second = await start()
expectThat(`ready in under 3 s the second time (${second.readyAfterMs} ms)`, second.readyAfterMs < 3_000)
expectThat('the token is not shown again', !/bw_default_\w+/.test(second.screen))
expectThat('SIGTERM to npm ends everything', await stop(second.process, 'SIGTERM'))
const keep = process.env['SMOKE_KEEP_LOG']
if (keep) {
  cpSync(join(home, 'log'), join(keep, 'log'), { recursive: true })
  cpSync(join(home, 'log.vkey'), join(keep, 'log.vkey'))
}
rmSync(join(home, '..'), { recursive: true, force: true })
