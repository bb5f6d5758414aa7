import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { randomUUID } from 'node:crypto'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { afterEach, describe, expect } from 'vitest'
import { z } from 'zod'
import { createTestCrossing } from '../testing/crossing.ts'
import type { TestCrossing } from '../testing/crossing.ts'
import { test } from '../testing/database.ts'

const SECRETS = ['Maribel', 'Quintanilla', '4482913']
const tokensIn = (text: string): string[] => [
  ...new Set(text.match(/\b[A-Z]{3,12}[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/g) ?? []),
]

/** A server of tools made with the protocol's own kit; with `keepsSessions`, one that insists on them. */
interface ToolServer {
  readonly url: string
  readonly bodies: string[]
  /** Sessions that were begun and not ended. */
  readonly sessions: Map<string, StreamableHTTPServerTransport>
  readonly server: Server
}

function createTools(): McpServer {
  const server = new McpServer({ name: 'records', version: '1' })
  const found = (text: string): { content: { type: 'text'; text: string }[] } => ({ content: [{ type: 'text', text }] })
  server.registerTool(
    'summarise',
    { description: 'Summarises a note.', inputSchema: { note: z.string(), mrn: z.string().optional() } },
    ({ note, mrn }) =>
      found(
        JSON.stringify({
          seen: tokensIn(`${note} ${mrn ?? ''}`),
          other: 'Mr. John Smith, SSN 078-05-1120',
          quote: `say "${tokensIn(note)[0] ?? ''}"`,
        }),
      ),
  )
  server.registerTool(
    'count',
    {
      description: 'Counts notes.',
      inputSchema: { most: z.number().int().max(Number.MAX_SAFE_INTEGER) },
      outputSchema: { found: z.number().int().max(Number.MAX_SAFE_INTEGER) },
    },
    () => ({ content: [], structuredContent: { found: 2 } }),
  )
  server.registerTool('draw', { description: 'Draws.', inputSchema: {} }, () => ({
    content: [{ type: 'image', data: 'aGVsbG8=', mimeType: 'image/png' }],
  }))
  return server
}

async function startTools(keepsSessions: boolean): Promise<ToolServer> {
  const bodies: string[] = []
  const sessions = new Map<string, StreamableHTTPServerTransport>()
  const open = async (): Promise<StreamableHTTPServerTransport> => {
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      ...(keepsSessions && { sessionIdGenerator: () => randomUUID() }),
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
      enableJsonResponse: !keepsSessions,
    })
    await createTools().connect(transport as Transport)
    return transport
  }
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      if (text !== '') bodies.push(text)
      const known = sessions.get(String(incoming.headers['mcp-session-id']))
      const transport = known ? Promise.resolve(known) : open()
      void transport.then(async (own) =>
        own.handleRequest(incoming, outgoing, text === '' ? undefined : JSON.parse(text)),
      )
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `http://127.0.0.1:${port}/mcp`, bodies, sessions, server }
}

let crossing: TestCrossing
let tools: ToolServer
afterEach(async () => {
  await crossing.close()
  tools.server.closeAllConnections()
  tools.server.close()
})

async function connect(token = crossing.app.tokens.app): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' })
  const transport = new StreamableHTTPClientTransport(new URL('http://gateway.example.org/mcp/records'), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: async (url, init) => crossing.routes.request(String(url), init),
  })
  await client.connect(transport as Transport)
  return client
}

async function begin(
  db: Parameters<typeof createTestCrossing>[0],
  options: { keepsSessions?: boolean; features?: ['hosted-tool.remote-mcp'] } = {},
): Promise<void> {
  crossing = await createTestCrossing(db)
  tools = await startTools(options.keepsSessions ?? false)
  const { services, tenant, clock } = crossing.app
  const admin = { tenant, id: 'admin' }
  await services.providers.put(admin, {
    id: 'records',
    kind: 'mcp',
    baseUrl: tools.url,
    isInternal: true,
    allowedAddresses: ['127.0.0.1'],
    models: ['mcp/records'],
  })
  await services.agreements.put(admin, {
    id: 'records',
    kind: 'internal',
    provider: 'records',
    endpoints: ['mcp'],
    models: ['mcp/records'],
    purposes: ['TREAT'],
    features: options.features ?? ['hosted-tool.remote-mcp'],
    effectiveFrom: clock.now(),
    effectiveTo: new Date(clock.now().getTime() + 86_400_000),
  })
}

const textOf = (result: unknown): string => (result as { content: { text: string }[] }).content[0]?.text ?? ''
const CALL = { name: 'summarise', arguments: { note: 'Mrs. Maribel Quintanilla is well.', mrn: '4482913' } }

describe("a tool's server", () => {
  for (const keepsSessions of [false, true]) {
    test(`${keepsSessions ? 'that keeps sessions' : 'without sessions'} sees no identifier, and its result comes back with the caller's own alone (GW-08, LS-02)`, async ({
      db,
    }) => {
      await begin(db, { keepsSessions })
      const client = await connect()
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['summarise', 'count', 'draw'])
      const text = textOf(await client.callTool(CALL))
      const result = JSON.parse(text) as { seen: string[]; quote: string }
      expect(result.seen).toEqual(expect.arrayContaining(SECRETS))
      expect(result.quote).toContain('Maribel')
      expect(text).not.toMatch(/Smith|078-05/)
      expect(tools.bodies.join('\n')).not.toMatch(new RegExp(SECRETS.join('|')))
      expect(tools.bodies.join('\n')).not.toContain('"test"')
      expect(tools.sessions.size).toBe(0)
      const [, , intent, outcome] = await crossing.entries()
      expect(intent).toMatchObject({
        kind: 'crossing.intent',
        endpoint: 'mcp',
        provider: 'records',
        features: expect.arrayContaining(['hosted-tool.remote-mcp']),
      })
      expect(outcome?.counts['removed.ssn']).toBe(1)
    })
  }

  test('describes its tools to its clients with schemas that can still be checked (GW-08)', async ({ db }) => {
    await begin(db)
    const client = await connect()
    const { tools: listed } = await client.listTools()
    expect(listed.find(({ name }) => name === 'count')).toMatchObject({
      inputSchema: { $schema: expect.stringContaining('//json-schema.org/') as string },
      outputSchema: { properties: { found: { maximum: Number.MAX_SAFE_INTEGER } } },
    })
    // The client checks the result by the schema that it was given.
    const { structuredContent } = await client.callTool({ name: 'count', arguments: { most: 3 } })
    expect(structuredContent).toEqual({ found: 2 })
  })

  test('is called by a client that wants to be told of progress: its wish stays here', async ({ db }) => {
    await begin(db)
    const client = await connect()
    expect(textOf(await client.callTool(CALL, undefined, { onprogress: () => undefined }))).toContain('Maribel')
    expect(tools.bodies.join('\n')).toContain('"_meta":{}')
    expect(tools.bodies.join('\n')).not.toContain('progressToken')
  })

  test('is reached under an agreement that names remote tools, and not without', async ({ db }) => {
    await begin(db)
    const { services, tenant, clock } = crossing.app
    await services.agreements.terminate({ tenant, id: 'admin' }, 'records')
    clock.set('2026-06-02T11:00:00.000Z')
    const client = await connect()
    await expect(client.callTool(CALL)).rejects.toThrow('agreement.none-in-force')
    expect(tools.bodies).toEqual([])
  })

  test('that answers with a picture is cut off: only text passes', async ({ db }) => {
    await begin(db)
    const client = await connect()
    await expect(client.callTool({ name: 'draw', arguments: {} })).rejects.toThrow('provider.invalid-answer')
  })
})

describe('a message', () => {
  const HEADERS = { 'breakwater-purpose': 'TREAT' }
  const send = async (message: unknown, server = 'records'): Promise<Response> =>
    crossing.send(`/mcp/${server}`, message, HEADERS)
  const ask = (method: string, params?: unknown, id: unknown = 'a-1'): object => ({
    jsonrpc: '2.0',
    id,
    method,
    ...(params !== undefined && { params }),
  })

  test('that greets is answered here; one of a method that nobody declared is refused and recorded', async ({ db }) => {
    await begin(db)
    expect(await (await send(ask('ping'))).json()).toEqual({ jsonrpc: '2.0', id: 'a-1', result: {} })
    expect((await send({ jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(202)
    for (const method of [
      'resources/read',
      'prompts/get',
      'completion/complete',
      'logging/setLevel',
      'sampling/createMessage',
    ]) {
      expect(await (await send(ask(method, { uri: 'file:///etc/passwd' }, 7))).json()).toMatchObject({
        id: 7,
        error: { code: -32601 },
      })
    }
    expect((await crossing.entries()).map(({ codes }) => codes)).toEqual(Array(5).fill(['route.unknown']))
    expect(tools.bodies).toEqual([])
  })

  test.for([
    ['no JSON', '{', 400, 'body.invalid-json'],
    ['a batch', [ask('tools/list')], 400, 'body.invalid'],
    ['arguments that are no object', ask('tools/call', { name: 'a', arguments: 'b' }), 400, 'body.invalid'],
    ['no tool', ask('tools/call', {}), 400, 'body.invalid'],
    [
      'a name that identifies',
      ask('tools/call', { name: 'summarise', arguments: { 'ada.vance@example.org': 1 } }),
      400,
      'body.key-identifies',
    ],
    [
      'a number that identifies',
      ask('tools/call', { name: 'summarise', arguments: { mrn: 44829130 } }),
      400,
      'body.number-identifies',
    ],
    [
      'more beside a wish for progress',
      ask('tools/call', { name: 'summarise', _meta: { progressToken: 1, trace: 'Maribel' } }),
      400,
      'body.feature-refused',
    ],
    [
      'a wish for progress that is an object',
      ask('tools/list', { _meta: { progressToken: { who: 'Maribel' } } }),
      400,
      'body.feature-refused',
    ],
    ['an id that is no id', ask('tools/list', {}, { ada: 1 }), 400, 'body.invalid'],
  ] as const)('with %s is refused', async ([, message, status, code], { db }) => {
    await begin(db)
    const answer = await send(message)
    expect([answer.status, ((await answer.json()) as { error: { data: { code: string } } }).error.data.code]).toEqual([
      status,
      code,
    ])
    expect(tools.bodies).toEqual([])
  })

  test('that is refused is answered with its own id, once that is known', async ({ db }) => {
    await begin(db)
    for (const id of ['a-1', 7]) {
      expect(await (await send(ask('tools/call', {}, id))).json()).toMatchObject({ id, error: { code: -32000 } })
      expect(await (await send(ask('tools/list', {}, id), 'other')).json()).toMatchObject({ id })
    }
    expect(await (await send('{')).json()).toMatchObject({ id: null })
  })

  test("keeps the caller's id on this side, and the answer has it again as it was written", async ({ db }) => {
    await begin(db)
    const answer = await send('{"jsonrpc":"2.0","id": 4482913.0 ,"method":"tools/list"}')
    expect(await answer.text()).toContain('"id":4482913.0')
    expect(tools.bodies.join('\n')).not.toContain('4482913')
  })

  test('to a server that nobody knows, or by another method of HTTP, goes nowhere', async ({ db }) => {
    await begin(db)
    expect((await send(ask('tools/list'), 'other')).status).toBe(404)
    expect((await send(ask('initialize', {}), 'other')).status).toBe(404)
    const headers = { authorization: `Bearer ${crossing.app.tokens.app}` }
    expect((await crossing.routes.request('/mcp/records', { headers })).status).toBe(405)
    expect((await crossing.routes.request('/mcp/records')).status).toBe(401)
    expect((await crossing.routes.request('/mcp/records/tools', { method: 'POST', headers })).status).toBe(404)
    expect(tools.bodies).toEqual([])
  })
})
