import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { Log } from '@breakwater/kernel'
import type { Services } from '../app.ts'
import { HOME_TENANT } from '../app.ts'
import { toAppError } from '../platform/http/problem.ts'
import { seedPolicy } from './seed.ts'
import type { Closers } from './closers.ts'

const ADMIN_SOCKET = 'admin.sock'
// What the path of a socket may hold (unix(7): 108 bytes with the last 0).
const MAX_PATH_BYTES = 107

/**
 * The one thing that needs no log-in: who may open the home folder, which is closed to other accounts, gets the link for the
 * first administrator. It is refused as soon as there is one.
 */
export async function startAdminSocket(home: string, services: Services, log: Log, closers: Closers): Promise<void> {
  const path = join(home, ADMIN_SOCKET)
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    log('admin-socket-unavailable', { rule: 'the path of the home folder is too long for a socket in it' })
    return
  }
  const server = createServer((request, response) => {
    const isBootstrap = request.method === 'POST' && request.url === '/bootstrap'
    answer(isBootstrap, services)
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      })
      .catch(() => response.destroy())
  })
  // The lock of the home is ours: what is left there is of a process that has ended.
  await rm(path, { force: true })
  server.listen(path)
  await once(server, 'listening')
  closers.add(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
}

async function answer(isBootstrap: boolean, services: Services): Promise<{ status: number; body: object }> {
  if (!isBootstrap) return { status: 404, body: { type: '/errors/route.unknown', title: 'no such route', status: 404 } }
  try {
    await seedPolicy(services)
    const { url, expiresAt } = await services.invitations.issueBootstrap(HOME_TENANT)
    return { status: 200, body: { url, expiresAt: expiresAt.toISOString() } }
  } catch (thrown) {
    const { code, message, status } = toAppError(thrown)
    return { status, body: { type: `/errors/${code}`, title: message, status } }
  }
}
