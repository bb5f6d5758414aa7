import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@breakwater/kernel'

const SOCKET_LINE = 4

/** Where the built-in PostgreSQL of a home that runs listens. Throws `database.unavailable` when none runs there. */
export async function findOwnDatabase(home: string): Promise<string> {
  const path = join(home, 'postgres', 'cluster', 'postmaster.pid')
  const folder = await readFile(path, 'utf8').then(
    (text) => text.split('\n')[SOCKET_LINE],
    () => undefined,
  )
  if (!folder) {
    throw new AppError('database.unavailable', {
      message: 'no server runs on this home folder: start it, then ask again',
    })
  }
  return `postgresql:///postgres?host=${encodeURIComponent(folder)}&user=breakwater`
}
