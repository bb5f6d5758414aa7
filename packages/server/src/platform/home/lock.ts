import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { realpath, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { AppError } from '@breakwater/kernel'

export interface HomeLock {
  release(): Promise<void>
}

/**
 * Lets one process work on a home folder. Held by listening on a socket, which ends with the process however it ends, so
 * that nothing stale is left: on Linux a socket without a file, named for the folder; elsewhere one in the folder.
 * Throws `home.in-use`.
 */
export async function lockHome(home: string): Promise<HomeLock> {
  const place = await realpath(home)
  const server = createServer((socket) => socket.destroy())
  if (process.platform === 'linux') {
    const name = createHash('sha256').update(place).digest('hex').slice(0, 32)
    await listen(server, `\0breakwater-${name}`)
  } else {
    const path = join(place, 'lock.sock')
    if (!(await answers(path))) await rm(path, { force: true })
    await listen(server, path)
  }
  // Holding the lock must not keep a process alive that has nothing else to do.
  server.unref()
  return {
    async release() {
      server.close()
      await once(server, 'close')
    },
  }
}

async function listen(server: Server, path: string): Promise<void> {
  try {
    server.listen(path)
    await once(server, 'listening')
  } catch (cause) {
    const message = 'another Breakwater runs on this home folder: stop it, or set BREAKWATER_HOME to another folder'
    throw new AppError('home.in-use', { message, cause })
  }
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
