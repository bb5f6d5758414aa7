import type { Feature } from '@breakwater/contract'
import { afterEach, describe, expect } from 'vitest'
import { eventsOf as messageEvents, joinEvents, messageOf } from '../endpoints/anthropic-messages/test-parts.ts'
import type { Block } from '../endpoints/anthropic-messages/test-parts.ts'
import { responseOf } from '../endpoints/responses/test-parts.ts'
import type { Json } from '../endpoints/responses/test-parts.ts'
import type { Db } from '../../platform/db/database.ts'
import { test } from '../../testing/database.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'
import { tokensIn } from '../../testing/tokens.ts'
import { COLUMNS } from './protocols.ts'
import type { Protocol } from './protocols.ts'

// Tools that the vendor runs, under an agreement that covers each by name: what they bring is guarded as every answer is.
let world: PeersWorld
afterEach(async () => world.crossing.close())

const NOTE = 'Patient: Mrs. Quintanilla, MRN 4482913. What is new about her diabetes?'
const BROUGHT = 'as Mrs. Zelda Kowalczyk, SSN 219-09-9999, wrote'
const COVERED = [
  'hosted-tool.web-search',
  'hosted-tool.file-search',
  'hosted-tool.code',
  'hosted-tool.remote-mcp',
  'files',
  'user-location',
] as const satisfies readonly Feature[]
const TOOLS = [
  { type: 'web_search', user_location: { type: 'approximate', country: 'US' } },
  { type: 'file_search', vector_store_ids: ['vs_123abc'] },
  { type: 'code_interpreter', container: { type: 'auto' } },
  { type: 'mcp', server_label: 'library', server_url: 'https://mcp.example.org/mcp', require_approval: 'never' },
]
/** As Anthropic seals it: bytes of a record, with a number at random in clear at its head. */
const SEALED = Buffer.concat([
  Buffer.from([0x12, 0x8f, 0x01, 0x0a, 0x22, 0x08]),
  Buffer.from('7a002652-ff39-454e-8814-d63c595eb7c8'),
  Buffer.from(Array.from({ length: 96 }, (_, at) => (at * 151 + 200) % 256)),
]).toString('base64')

async function open(db: Db, protocol: Protocol, isStream: boolean, features: readonly Feature[]): Promise<PeersWorld> {
  const opened = await openWorld(db, protocol, isStream)
  const { services, clock, tenant } = opened.crossing.app
  await services.agreements.put(
    { tenant, id: 'admin' },
    {
      id: 'scripted',
      kind: 'internal',
      provider: 'scripted',
      endpoints: ['responses', 'anthropic.messages'],
      models: ['scripted'],
      purposes: ['TREAT'],
      features: [...features],
      effectiveFrom: clock.now(),
      effectiveTo: new Date(clock.now().getTime() + 86_400_000),
    },
  )
  return opened
}

function itemsFor(token: string): Json[] {
  const text = `For ${token} see the guideline, ${BROUGHT}.`
  const url = 'https://news.example.org/diabetes?lang=en'
  return [
    {
      type: 'web_search_call',
      id: 'ws_1',
      status: 'completed',
      action: {
        type: 'search',
        query: `${token} diabetes`,
        queries: [`${token} diabetes`],
        sources: [{ type: 'url', url }],
      },
    },
    {
      type: 'file_search_call',
      id: 'fs_1',
      status: 'completed',
      queries: [`${token} diabetes`],
      results: [{ file_id: 'file-1', filename: 'guide.pdf', score: 0.97, text, attributes: { about: token } }],
    },
    {
      type: 'code_interpreter_call',
      id: 'ci_1',
      status: 'completed',
      container_id: 'cntr_1',
      code: `print("${token}")`,
      outputs: [{ type: 'logs', logs: text }],
    },
    {
      type: 'mcp_call',
      id: 'mcp_1',
      server_label: 'library',
      name: 'ask',
      arguments: JSON.stringify({ who: token }),
      output: text,
      error: null,
    },
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [
        {
          type: 'output_text',
          text,
          annotations: [
            { type: 'url_citation', start_index: 4, end_index: 4 + token.length, url, title: `On ${token}` },
            { type: 'url_citation', start_index: 0, end_index: 3, url: `${url}&ssn=219-09-9999`, title: BROUGHT },
            { type: 'file_citation', index: 3, file_id: 'file-1', filename: `${token}.pdf` },
          ],
        },
      ],
    },
  ]
}

/** The events that OpenAI sends for these items. */
function toStream(output: readonly Json[]): string {
  const events: Json[] = [{ type: 'response.created', response: responseOf([], 'in_progress') }]
  for (const [output_index, item] of output.entries()) {
    const { id, type } = item
    const at = { output_index, item_id: id }
    const told = (event: string, more: Json = {}): number => events.push({ type: `response.${event}`, ...at, ...more })
    const inPieces = (event: string, text: unknown, member: string, more: Json = {}): void => {
      for (const delta of String(text).match(/.{1,5}/gs) ?? []) told(`${event}.delta`, { delta, ...more })
      told(`${event}.done`, { [member]: text, ...more })
    }
    events.push({
      type: 'response.output_item.added',
      output_index,
      item: type === 'message' ? { ...item, content: [] } : { type, id, status: 'in_progress' },
    })
    if (type !== 'message') told(`${String(type)}.in_progress`)
    if (type === 'code_interpreter_call') inPieces('code_interpreter_call_code', item['code'], 'code')
    if (type === 'mcp_call') inPieces('mcp_call_arguments', item['arguments'], 'arguments')
    for (const [content_index, part] of ((item['content'] ?? []) as Json[]).entries()) {
      const here = { content_index }
      told('content_part.added', { ...here, part: { ...part, text: '', annotations: [] } })
      inPieces('output_text', part['text'], 'text', here)
      for (const [annotation_index, annotation] of (part['annotations'] as Json[]).entries())
        told('output_text.annotation.added', { ...here, annotation_index, annotation })
      told('content_part.done', { ...here, part })
    }
    if (type !== 'message') told(`${String(type)}.completed`)
    events.push({ type: 'response.output_item.done', output_index, item })
  }
  events.push({ type: 'response.completed', response: responseOf(output) })
  return events
    .map((event, sequence_number): Json => ({ ...event, sequence_number }))
    .map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('')
}

function lastResponse(text: string): Json {
  const events = text.split('\n').filter((line) => line.startsWith('data: '))
  return (JSON.parse(events.at(-1)?.slice('data: '.length) ?? '{}') as { response: Json }).response
}

describe.each(COLUMNS.filter(([, { name }]) => name === 'responses'))('hosted tools of %s', (_, protocol, isStream) => {
  test('bring what is guarded and restored, with addresses of public pages, and queries as they left (GW-06, GW-08)', async ({
    db,
  }) => {
    world = await open(db, protocol, isStream, COVERED)
    world.answer((body) => {
      const output = itemsFor(tokensIn(body)[0] ?? '')
      return isStream ? toStream(output) : JSON.stringify(responseOf(output))
    })
    const { status, text } = await world.send({ user: NOTE, more: { tools: TOOLS } })
    expect(status).toBe(200)
    expect(text).not.toMatch(/Zelda|Kowalczyk|219-09|9999/)
    expect(world.received[0]).not.toMatch(/Quintanilla|4482913/)
    expect(world.received[0]).toContain(JSON.stringify(TOOLS))
    const token = tokensIn(world.received[0] ?? '')[0] ?? ''
    const output = (isStream ? lastResponse(text) : (JSON.parse(text) as Json))['output'] as Json[]
    const [search, files, code, mcp, message] = output
    const said = 'For Quintanilla see the guideline, as Mrs. [NAME], SSN [SSN], wrote.'
    const url = 'https://news.example.org/diabetes?lang=en'
    expect(search?.['action']).toEqual({
      type: 'search',
      query: `${token} diabetes`,
      queries: [`${token} diabetes`],
      sources: [{ type: 'url', url }],
    })
    expect(files).toMatchObject({ queries: [`${token} diabetes`], results: [{ filename: 'guide.pdf', text: said }] })
    expect(code).toMatchObject({ outputs: [{ type: 'logs', logs: said }], container_id: 'cntr_1' })
    expect(mcp).toMatchObject({ arguments: JSON.stringify({ who: token }), output: said })
    expect(message?.['content']).toMatchObject([
      {
        text: said,
        annotations: [
          { start_index: 4, end_index: 15, url, title: 'On Quintanilla' },
          { url: 'https://news.example.org/' },
          { file_id: 'file-1', filename: 'Quintanilla.pdf' },
        ],
      },
    ])
    expect((await world.outcome()).counts['removed.url']).toBe(1)
  })

  test('that no agreement names are refused, and nothing is sent (GW-06)', async ({ db }) => {
    world = await open(db, protocol, isStream, COVERED.slice(1))
    const { status, text } = await world.send({ user: NOTE, more: { tools: TOOLS.slice(0, 1) } })
    expect([status, world.received]).toEqual([403, []])
    expect(text).toContain('hosted-tool.web-search')
  })
})

const SEARCH = { type: 'web_search_20250305', name: 'web_search', max_uses: 3, allowed_domains: ['example.org'] }

function blocksFor(token: string): Block[] {
  const url = 'https://news.example.org/diabetes?lang=en'
  return [
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: `${token} diabetes` } },
    {
      type: 'web_search_tool_result',
      tool_use_id: 'srvtoolu_1',
      content: [
        {
          type: 'web_search_result',
          url,
          title: `News, ${BROUGHT}`,
          encrypted_content: SEALED,
          page_age: '2 days ago',
        },
      ],
    },
    {
      type: 'text',
      text: `For ${token} see the guideline, ${BROUGHT}.`,
      citations: [
        {
          type: 'web_search_result_location',
          url,
          title: `On ${token}`,
          encrypted_index: SEALED,
          cited_text: `The guideline, ${BROUGHT}.`,
        },
      ],
    },
  ]
}

/** A text that is cited comes with its passages one by one. */
function toMessageStream(blocks: readonly Block[]): string {
  const cited = blocks.findIndex((block) => 'citations' in block)
  const [citation] = (blocks[cited]?.['citations'] ?? []) as Json[]
  const delta = { type: 'content_block_delta', index: cited, delta: { type: 'citations_delta', citation } }
  const stop = `event: content_block_stop\ndata: {"type":"content_block_stop","index":${cited}}`
  return messageEvents(blocks, [5]).replace(
    stop,
    `event: content_block_delta\ndata: ${JSON.stringify(delta)}\n\n${stop}`,
  )
}

describe.each(COLUMNS.filter(([, { name }]) => name === 'messages'))('hosted search of %s', (_, protocol, isStream) => {
  test('brings what is guarded and restored, what is sealed byte for byte, and its turn goes back as it came (GW-06, GW-08)', async ({
    db,
  }) => {
    world = await open(db, protocol, isStream, COVERED)
    world.answer((body) => {
      const blocks = blocksFor(tokensIn(body)[0] ?? '')
      return isStream ? toMessageStream(blocks) : JSON.stringify(messageOf(blocks))
    })
    const { status, text } = await world.send({ user: NOTE, more: { tools: [SEARCH] } })
    expect(status).toBe(200)
    expect(text).not.toMatch(/Zelda|Kowalczyk|219-09|9999/)
    const token = tokensIn(world.received[0] ?? '')[0] ?? ''
    const content = isStream ? joinEvents(text) : ((JSON.parse(text) as Json)['content'] as Json[])
    const [used, found, told] = content
    expect(used).toMatchObject({ name: 'web_search', input: { query: `${token} diabetes` } })
    expect(found?.['content']).toEqual([
      {
        type: 'web_search_result',
        url: 'https://news.example.org/diabetes?lang=en',
        title: 'News, as Mrs. [NAME], SSN [SSN], wrote',
        encrypted_content: SEALED,
        page_age: '2 days ago',
      },
    ])
    expect(told).toMatchObject({ text: 'For Quintanilla see the guideline, as Mrs. [NAME], SSN [SSN], wrote.' })
    expect(text).toContain('On Quintanilla')
    const again = { role: 'user', content: 'And for Mrs. Quintanilla herself?' }
    const turn = { role: 'assistant', content: blocksFor('Quintanilla') }
    const next = await world.crossing.send(protocol.path, {
      ...protocol.request({ user: NOTE, more: { tools: [SEARCH] } }, isStream),
      messages: [{ role: 'user', content: NOTE }, turn, again],
    })
    await next.text()
    expect(next.status).toBe(200)
    expect(world.received[1]).not.toMatch(/Quintanilla|Kowalczyk|219-09/)
    expect(world.received[1]?.split(SEALED)).toHaveLength(3)
    expect(world.received[1]).toContain(token)
  })

  test('that no agreement names is refused, and nothing is sent (GW-06)', async ({ db }) => {
    world = await open(db, protocol, isStream, [])
    const { status, text } = await world.send({ user: NOTE, more: { tools: [SEARCH] } })
    expect([status, world.received]).toEqual([403, []])
    expect(text).toContain('hosted-tool.web-search')
  })
})
