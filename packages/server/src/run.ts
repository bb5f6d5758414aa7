import { AppError } from '@breakwater/kernel'
import type { StartOptions } from './start.ts'
import { startServer } from './start.ts'

const INTERRUPTED = 130

/**
 * Runs the server until SIGINT or SIGTERM, which let requests in flight finish; a second one ends the process at once.
 * For the programs that are nothing but the server: it sets the exit code and ends the process on a crash.
 */
export async function runServer(options: StartOptions): Promise<void> {
  const stopped = Promise.withResolvers<void>()
  let signals = 0
  const onSignal = (): void => {
    signals++
    // The database is stopped by its keeper, however this process ends.
    if (signals > 1) process.exit(INTERRUPTED)
    stopped.resolve()
  }
  // The message of an error may quote a value; its stack frames cannot.
  const onCrash = (thrown: unknown): void => {
    const frames =
      thrown instanceof Error ? (thrown.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line)) : []
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
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    options.stderr.write(`breakwater: ${error.message} (${error.code})\n`)
    process.exitCode = 1
  } finally {
    process.off('uncaughtException', onCrash)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
  }
}
