import { readFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { kekError } from '../../kek-provider.ts'

const IDLE_SOCKET_MS = 15_000

/**
 * TLS 1.3 to a key service. With a CA file, only what that CA signed is believed; else the system's roots. Throws
 * `keys.unavailable` when the file cannot be read.
 */
export async function createTlsAgent(caFile: string | undefined): Promise<Agent> {
  const ca = caFile === undefined ? undefined : await readCa(caFile)
  return new Agent({ keepAlive: true, timeout: IDLE_SOCKET_MS, minVersion: 'TLSv1.3', ...(ca !== undefined && { ca }) })
}

async function readCa(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw kekError('keys.unavailable', error)
  }
}
