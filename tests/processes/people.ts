import { request } from 'node:http'
import { join } from 'node:path'
import type { Browser } from '@breakwater/server/testing'
import { createBrowser, createSoftwareAuthenticator } from '@breakwater/server/testing'
import type { HttpsClient } from '../support/client.ts'

/** A person's browser that reaches one gateway under the address that both are known by. */
export function openBrowser(client: HttpsClient, origin: string, like?: Browser): Browser {
  const fetch = async (path: string, init: RequestInit): Promise<Response> => {
    const answer = await client.send(path, {
      method: init.method ?? 'GET',
      headers: { ...(init.headers as Record<string, string>) },
      body: typeof init.body === 'string' ? init.body : '',
    })
    const headers = new Headers()
    for (const [name, value] of Object.entries(answer.headers)) {
      for (const each of [value ?? []].flat()) headers.append(name, each)
    }
    const body = answer.status === 204 || answer.status === 304 ? null : new Uint8Array(answer.body)
    return new Response(body, { status: answer.status, headers })
  }
  const app = { request: fetch } as unknown as Parameters<typeof createBrowser>[0]
  const authenticator = like?.authenticator ?? createSoftwareAuthenticator(origin)
  return createBrowser(app, { origin }, authenticator, new Map(like?.cookies))
}

/** The link of the first administrator, from the socket that the gateway's own account may open. */
export async function readBootstrapLink(home: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: join(home, 'admin.sock'), path: '/bootstrap', method: 'POST' }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.on('end', () => (answer.statusCode === 200 ? resolve(JSON.parse(text).url) : reject(new Error(text))))
    })
    sent.on('error', reject)
    sent.end()
  })
}
