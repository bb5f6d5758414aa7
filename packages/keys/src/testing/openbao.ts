import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { toFields } from '../providers/shared/answer.ts'
import type { Fields } from '../providers/shared/answer.ts'
import { startEmulator } from './emulators.ts'

/** A real OpenBao server in its development mode: in memory, unsealed, plain HTTP on loopback. */
export interface OpenBao {
  readonly origin: string
  /** The administrator's hands. Gives `data`; throws on a status from 400. */
  admin(method: string, path: string, body?: Fields, namespace?: string): Promise<Fields>
  /** A token that may use one transit key and nothing else. */
  createToken(mount: string, keyName: string, namespace?: string): Promise<string>
  stop(): Promise<void>
}

const ROOT_TOKEN = 'root'

export async function startOpenBao(program: string, home: string): Promise<OpenBao> {
  const address = `127.0.0.1:${await findFreePort()}`
  const args = ['server', '-dev', '-dev-no-store-token', `-dev-root-token-id=${ROOT_TOKEN}`]
  const emulator = await startEmulator([program, ...args, `-dev-listen-address=${address}`], /(Root Token): root/, {
    HOME: home,
  })
  const origin = `http://${address}`
  const call: OpenBao['admin'] = async (method, path, body, namespace) => {
    const headers = { 'x-vault-token': ROOT_TOKEN, ...(namespace !== undefined && { 'x-vault-namespace': namespace }) }
    const text = body && JSON.stringify(body)
    const response = await fetch(`${origin}/v1/${path}`, { method, headers, ...(text !== undefined && { body: text }) })
    const answer = await response.text()
    if (response.status >= 400) throw new Error(`OpenBao answers ${response.status} to ${method} ${path}`)
    return toFields(answer === '' ? undefined : JSON.parse(answer))
  }
  await call('POST', 'sys/mounts/transit', { type: 'transit' })
  return {
    origin,
    admin: call,
    async createToken(mount, keyName, namespace) {
      const policy = `
        path "${mount}/keys/${keyName}" { capabilities = ["read"] }
        path "${mount}/encrypt/${keyName}" { capabilities = ["update"] }
        path "${mount}/decrypt/${keyName}" { capabilities = ["update"] }`
      await call('PUT', `sys/policies/acl/${keyName}`, { policy }, namespace)
      const input = { policies: [keyName], no_default_policy: true }
      const { auth } = await call('POST', 'auth/token/create', input, namespace)
      return String(toFields(auth)['client_token'])
    },
    stop: async () => emulator.stop(),
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => void server.close(() => resolve()))
  return port
}
