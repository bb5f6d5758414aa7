// npm run judge -- ledger [--log DIR --vkey FILE-OR-KEY [--seen FILE] [--minimum-size N]] [--entries N]
// Has a log verified by Go's libraries, and tampered copies of it refused. Without --log it makes one of N entries.
// Exit status: 0 all as it must be, 1 not, 77 no Go here.
import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeLog } from './make-log.ts'
import { listTamperings } from './tamper.ts'

const NO_GO = 77

const { values: options } = parseArgs({
  options: {
    log: { type: 'string' },
    vkey: { type: 'string' },
    seen: { type: 'string' },
    'minimum-size': { type: 'string', default: '1' },
    entries: { type: 'string', default: '70000' },
  },
})

interface Subject {
  readonly logDir: string
  readonly vkey: string
  readonly seen: string | undefined
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function findSubject(workDir: string): Promise<Subject> {
  const { log, vkey, seen } = options
  if (log !== undefined && vkey !== undefined) return { logDir: log, vkey, seen }
  const made = await makeLog(workDir, Number(options.entries))
  const seenFile = join(workDir, 'seen')
  await writeFile(seenFile, made.seen)
  return { logDir: made.logDir, vkey: made.vkey, seen: seenFile }
}

/** Runs the Go program. */
function verify(
  program: string,
  logDir: string,
  vkey: string,
  seen: string | undefined,
): { ok: boolean; said: string } {
  const args = ['--log', logDir, '--vkey', vkey, '--minimum-size', options['minimum-size']]
  if (seen !== undefined) args.push('--seen', seen)
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return { ok: status === 0, said: stdout.trim() || stderr.trim() }
}

async function judge(workDir: string): Promise<number> {
  const program = join(workDir, 'judge')
  const build = spawnSync('sh', [join(import.meta.dirname, 'build.sh'), program], { encoding: 'utf8' })
  if (build.status !== 0) {
    print(build.stdout + build.stderr)
    return build.status === NO_GO ? NO_GO : 1
  }
  const { logDir, vkey, seen } = await findSubject(workDir)
  const start = performance.now()
  const whole = verify(program, logDir, vkey, seen)
  print(`${whole.ok ? 'ok  ' : 'FAIL'} the log as it is (${Math.round(performance.now() - start)} ms): ${whole.said}`)
  let failures = whole.ok ? 0 : 1
  for (const tampering of listTamperings(logDir, seen)) {
    const copy = join(workDir, 'copy')
    await cp(logDir, copy, { recursive: true })
    const { seen: seenInstead } = await tampering.apply(copy)
    const { ok, said } = verify(program, copy, vkey, seenInstead ?? seen)
    print(`${ok ? 'FAIL' : 'ok  '} ${tampering.name}: ${said}`)
    if (ok) failures += 1
    await rm(copy, { recursive: true })
  }
  return failures === 0 ? 0 : 1
}

const workDir = await mkdtemp(join(tmpdir(), 'ledger-judge-'))
try {
  process.exitCode = await judge(workDir)
} finally {
  await rm(workDir, { recursive: true })
}
