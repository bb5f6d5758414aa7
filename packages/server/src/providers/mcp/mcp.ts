import { AppError } from '@breakwater/kernel'
import type { ProviderAdapter, ProviderTarget, SendOptions } from '../adapter.ts'
import { createApiKeyReader } from '../credentials/api-key.ts'
import type { AdapterOptions } from '../options.ts'
import { createTransport } from '../transport/index.ts'
import type { UpstreamFailure } from '../transport/index.ts'
import { readResponse } from './read-answer.ts'

/** The revision that is offered; the server's answer decides which one is spoken. */
const REVISION = '2025-06-18'
const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: REVISION, capabilities: {}, clientInfo: { name: 'breakwater', version: '1' } },
})
const INITIALIZED = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })
const SESSION = 'mcp-session-id'
const ACCEPTED = 202
const VISIBLE_ASCII = /^[\x21-\x7e]{1,1024}$/

interface Session {
  readonly id: string | undefined
  readonly revision: string
}

/**
 * A server of tools (Model Context Protocol, streamable HTTP). Each call has a session of its own, so that nothing that a
 * server remembers of one caller reaches another. Throws `provider.address-refused` for an address that may not be
 * reached.
 */
export function createMcp(target: ProviderTarget, options: AdapterOptions = {}): ProviderAdapter {
  const transport = createTransport({ ...target, baseUrl: target.baseUrl ?? '' }, options)
  const readKey =
    target.apiKeyFile === undefined ? undefined : createApiKeyReader(options.secretsDir, target.apiKeyFile)
  const path = transport.basePath === '' ? '/' : transport.basePath

  async function post(
    body: string,
    sendOptions: SendOptions,
    { session, method = 'POST' }: { session?: Session; method?: 'POST' | 'DELETE' } = {},
  ): Promise<{ bytes: Uint8Array; sessionId: string | undefined }> {
    let headers: UpstreamFailure['headers'] = {}
    const answer = await transport.send(
      {
        path,
        method,
        body,
        headers: async () => ({
          accept: 'application/json, text/event-stream',
          ...(session && { 'mcp-protocol-version': session.revision }),
          ...(session?.id !== undefined && { [SESSION]: session.id }),
          ...(readKey && { authorization: `Bearer ${await readKey()}` }),
        }),
        dialect: {
          isAnswer: (head) => {
            headers = head.headers
            return head.status === ACCEPTED || (method === 'DELETE' && head.status < 500)
          },
        },
      },
      { ...sendOptions, isStream: false },
    )
    const bytes = answer.kind === 'whole' ? answer.bytes : new Uint8Array()
    const isStream = String(headers['content-type'] ?? '').startsWith('text/event-stream')
    const sessionId = headers[SESSION]
    const isResponse = method === 'POST' && bytes.length > 0
    return {
      bytes: isResponse ? readResponse(bytes, isStream) : bytes,
      sessionId: typeof sessionId === 'string' && VISIBLE_ASCII.test(sessionId) ? sessionId : undefined,
    }
  }

  async function begin(sendOptions: SendOptions): Promise<Session> {
    const { bytes, sessionId } = await post(INITIALIZE, sendOptions)
    const session = { id: sessionId, revision: readRevision(bytes) }
    await post(INITIALIZED, sendOptions, { session })
    return session
  }

  return {
    serves: (endpoint) => endpoint === 'mcp',
    async send({ endpoint, body }, sendOptions) {
      if (endpoint !== 'mcp') {
        throw new AppError('provider.rejected', { message: 'this provider does not serve the endpoint' })
      }
      const session = await begin(sendOptions)
      try {
        const { bytes } = await post(body, sendOptions, { session })
        return { kind: 'whole', bytes }
      } finally {
        // A server that will not end it forgets it by itself.
        if (session.id !== undefined) await post('', sendOptions, { session, method: 'DELETE' }).catch(() => undefined)
      }
    },
    close: async () => transport.close(),
  }
}

function readRevision(bytes: Uint8Array): string {
  const answer: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
  const result = memberOf(answer, 'result')
  const revision = memberOf(result, 'protocolVersion')
  if (typeof revision === 'string' && /^\d{4}-\d\d-\d\d$/.test(revision)) return revision
  throw new AppError('provider.invalid-answer', { message: 'the server does not begin as its protocol says' })
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
