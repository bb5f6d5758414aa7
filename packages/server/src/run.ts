import type { StartOptions } from './start.ts'
import { startServer } from './start.ts'
import { dropVariables } from './startup/drop-variables.ts'

const INTERRUPTED = 130
// npm passes on a Ctrl-C that the terminal has sent to this process already: two signals, one wish.
const SAME_WISH_MS = 1_000

export interface RunOptions extends StartOptions {
  /** The process's own: what must not count is taken out of it. */
  readonly environment: Record<string, string | undefined>
}

/**
 * Runs the server until SIGINT or SIGTERM, which let requests in flight finish; a later second one ends the process at
 * once, and so does a crash. Throws as `startServer` does. For programs that are nothing but the server.
 */
export async function runServer(options: RunOptions): Promise<void> {
  const dropped = dropVariables(options.environment)
  if (dropped.length > 0) options.stderr.write(`breakwater: not heeded: ${dropped.join(', ')}\n`)
  const stopped = Promise.withResolvers<void>()
  let askedMs: number | undefined
  const onSignal = (): void => {
    // The database is stopped by its keeper, however this process ends.
    if (askedMs !== undefined && performance.now() - askedMs > SAME_WISH_MS) process.exit(INTERRUPTED)
    askedMs ??= performance.now()
    stopped.resolve()
  }
  // The message of an error may quote a value; its stack frames cannot.
  const onCrash = (thrown: unknown): void => {
    const lines = thrown instanceof Error ? (thrown.stack ?? '').split('\n') : []
    const frames = lines.filter((line) => /^ {4}at /.test(line))
    options.stderr.write(`breakwater: stopped by a fault of its own\n${frames.join('\n')}\n`)
    process.exit(1)
  }
  process.on('uncaughtException', onCrash)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal)
  try {
    const server = await startServer(options)
    await stopped.promise
    options.stdout.write('\n  Stopping: requests in flight finish first. Ctrl-C again ends it now.\n')
    await server.stop()
    options.stdout.write('  Stopped.\n')
  } finally {
    process.off('uncaughtException', onCrash)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
  }
}
