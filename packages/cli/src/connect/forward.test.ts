import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { rename, writeFile } from 'node:fs/promises'
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { expect, test } from 'vitest'
import { inFolder } from '../testing/cli.ts'
import { readClientKey } from './client-key.ts'
import { forward } from './forward.ts'
import { createProofKey } from './proof-key.ts'
import { stopSending } from './server.ts'
import type { ServerLink } from './server.ts'
import { createTokenSource } from './token-source.ts'

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => void

async function listen(handler: Handler): Promise<{ server: Server; port: number }> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { server, port: typeof address === 'object' && address ? address.port : 0 }
}

/** The way to a server that refuses on cue, without TLS. */
function createLink(port: number): ServerLink {
  const agent = new Agent({ keepAlive: true })
  return {
    origin: 'https://gateway.example',
    send: ({ method, path, headers, body }) =>
      new Promise((resolve, reject) => {
        const sent = request({ host: '127.0.0.1', port, method, path, headers, agent }, (answer) => {
          if (body !== undefined && typeof body !== 'string') stopSending(sent, body, answer)
          resolve(answer)
        })
        sent.on('error', reject)
        if (body === undefined || typeof body === 'string') sent.end(body)
        else body.pipe(sent)
      }),
    close: () => agent.destroy(),
  }
}

interface Seen {
  readonly authorization: string
  readonly nonce: unknown
  readonly bytes: number
}

/** One request of `bytes` through the sidecar to a server whose first answer is a refusal before the body was read. */
async function pass(bytes: number, refusal: { headers?: Record<string, string>; body: object }) {
  const seen: Seen[] = []
  const dropped: string[] = []
  let refused = 0
  const upstream = await listen((incoming, outgoing) => {
    if (refused++ === 0) {
      outgoing
        .writeHead(401, { 'content-type': 'application/json', ...refusal.headers })
        .end(JSON.stringify(refusal.body))
      return
    }
    void buffer(incoming).then((body) => {
      const { authorization = '', dpop = '' } = incoming.headers
      seen.push({ authorization, nonce: decodeJwt(String(dpop))['nonce'], bytes: body.length })
      outgoing.end('done')
    })
  })
  const proofKey = await createProofKey()
  const tokens = {
    get: async () => `token-${dropped.length}`,
    drop: (token: string): void => {
      dropped.push(token)
    },
  }
  const local = await listen((incoming, outgoing) => {
    void forward(incoming, outgoing, { link: createLink(upstream.port), tokens, proofKey })
  })
  try {
    const answer = await fetch(`http://127.0.0.1:${local.port}/v1/files`, {
      method: 'POST',
      body: Buffer.alloc(bytes, 7),
    })
    return { status: answer.status, text: await answer.text(), seen, dropped }
  } finally {
    for (const { server } of [upstream, local]) {
      server.closeAllConnections()
      server.close()
    }
  }
}

test.for([10, 1_000_000, 8_000_000])(
  'a token that ended on the way costs one more try of %i bytes, and no request',
  async (bytes) => {
    const { status, text, seen, dropped } = await pass(bytes, { body: { error: { code: 'auth.invalid' } } })
    expect({ status, text, dropped }).toEqual({ status: 200, text: 'done', dropped: ['token-0'] })
    expect(seen).toEqual([{ authorization: 'DPoP token-1', nonce: undefined, bytes }])
  },
)

test('a server that wants its nonce gets it with the second try', async () => {
  const { status, seen } = await pass(10, {
    headers: { 'dpop-nonce': 'n-1', 'www-authenticate': 'DPoP error="use_dpop_nonce"' },
    body: {},
  })
  expect(status).toBe(200)
  expect(seen[0]?.nonce).toBe('n-1')
})

test('another refusal is passed on as it is, without a second try', async () => {
  const { status, text, seen } = await pass(10, { body: { error: { code: 'auth.replayed' } } })
  expect({ status, body: JSON.parse(text) }).toEqual({ status: 401, body: { error: { code: 'auth.replayed' } } })
  expect(seen).toEqual([])
})

test('tokens are renewed before they end by the key that the file holds then, and nobody waits or fails (AC-07)', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'app.pem')
    const write = async (to: string): Promise<void> => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      await writeFile(to, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
    }
    await write(path)
    const kids: unknown[] = []
    let count = 0
    const upstream = await listen((incoming, outgoing) => {
      void buffer(incoming).then((body) => {
        kids.push(decodeProtectedHeader(new URLSearchParams(body.toString()).get('client_assertion') ?? '').kid)
        outgoing.end(JSON.stringify({ access_token: `t${++count}`, token_type: 'DPoP', expires_in: 2, scope: 'cross' }))
      })
    })
    const tokens = createTokenSource({
      link: createLink(upstream.port),
      clientId: 'default.app',
      scopes: [],
      readKey: async () => readClientKey(path),
      proofKey: await createProofKey(),
    })
    try {
      const [first, same] = await Promise.all([tokens.get(), tokens.get()])
      expect([first, same, count]).toEqual(['t1', 't1', 1])
      await write(`${path}.new`)
      await rename(`${path}.new`, path)
      for (const until = performance.now() + 2_500; performance.now() < until; await sleep(20)) await tokens.get()
      expect(count).toBeGreaterThan(2)
      expect(new Set(kids).size).toBe(2)
    } finally {
      upstream.server.closeAllConnections()
      upstream.server.close()
    }
  })
})
