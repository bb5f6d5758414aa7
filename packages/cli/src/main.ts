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

process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  onKilled,
})
