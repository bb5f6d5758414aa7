// The least that a gateway with this promise can do: TLS, an entry made durable, the body forwarded as it is, a second
// entry, the answer. No parsing, policy, masking or guard. What it costs, no implementation on this core can go below.
//   node floor.ts DATABASE_URL UPSTREAM_URL HOME     Prints its port.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Client } from 'pg'
import { request as forward } from 'undici'
import { createBareAppender, sampleEntry } from './appender.ts'

const [, , databaseUrl = '', upstreamUrl = '', home = ''] = process.argv
const client = new Client({ connectionString: databaseUrl, options: '-c role=breakwater_app' })
await client.connect()
const appender = createBareAppender(client)
const headers = { 'content-type': 'application/json' }

async function cross(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  await appender.append(sampleEntry())
  const url = `${upstreamUrl}/chat/completions`
  const upstream = await forward(url, { method: 'POST', headers, body: Buffer.concat(chunks) })
  const answer = await upstream.body.text()
  await appender.append(sampleEntry())
  response.writeHead(200, headers).end(answer)
}

const [cert, key] = ['server.pem', 'server.key'].map((name) => readFileSync(join(home, name)))
const server = createServer({ cert, key, minVersion: 'TLSv1.3' }, (request, response) => {
  void cross(request, response)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : '')
})
