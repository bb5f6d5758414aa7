import { run } from './run.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function onKilled(clean: () => void): () => void {
  const forget = (): void => SIGNALS.forEach((signal) => process.off(signal, die))
  const die = (signal: NodeJS.Signals): void => {
    forget()
    clean()
    process.kill(process.pid, signal)
  }
  for (const signal of SIGNALS) process.on(signal, die)
  return forget
}

const INTERRUPTED = 130

async function untilStopped(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let isAsked = false
  const stop = (): void => {
    if (isAsked) process.exit(INTERRUPTED)
    isAsked = true
    resolve()
  }
  for (const signal of SIGNALS) process.on(signal, stop)
  await promise
}

// Whoever read our output may go (a service runs on); a full disk must not pass for success.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') return
  process.stderr.write(`breakwater: writing failed: ${code}\n`)
  process.exitCode = 1
})

const code = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  onKilled,
  untilStopped,
})
// A server that ended badly has said so itself.
if (code !== 0) process.exitCode = code
