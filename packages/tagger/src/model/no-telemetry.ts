import { isMainThread } from 'node:worker_threads'
import { AppError } from '@breakwater/kernel'

/** What the runtime asks for before it begins (its pull requests 27379 and 29843; the second name is the newer one). */
const SWITCHES = ['ORT_DISABLE_TELEMETRY', 'ORT_TELEMETRY_DISABLED'] as const

/**
 * From version 1.29 on ONNX Runtime tells its maker about sessions and models over the network, and keeps an id of the
 * device in a file, unless the environment of the process forbids it before it is loaded. Only the main thread can write
 * that environment: it calls this before it starts a thread that uses models, and gives the answer to it as environment.
 * Throws `detector.unavailable` in a thread that was started without.
 */
export function forbidTelemetry(): Readonly<Record<string, string>> {
  for (const name of SWITCHES) {
    if (isMainThread) process.env[name] = '1'
    else if (process.env[name] !== '1') {
      throw new AppError('detector.unavailable', {
        message: 'the runtime of the models was not told to keep to itself',
      })
    }
  }
  return Object.fromEntries(SWITCHES.map((name) => [name, '1']))
}
