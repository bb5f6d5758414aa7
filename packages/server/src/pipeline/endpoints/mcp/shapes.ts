import { JSON_SCHEMA } from '../../walk/json-schema-shape.ts'
import { closed, closedOrRefused, list, numeric, object, refused, scanned, used } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'

/** What asks a server of tools for something. Whatever else the protocol knows is refused. */
export const METHODS = ['tools/call', 'tools/list'] as const

/** A JSON-RPC request. Arguments are data: masked by value, and by what their members are called. */
export const MCP_REQUEST: Shape = object({
  jsonrpc: closed('2.0'),
  id: numeric,
  method: closed(...METHODS),
  params: object({
    name: scanned,
    arguments: { members: new Map() },
    cursor: scanned,
    _meta: refused('body.feature-refused', '{}'),
  }),
})

const media = refused('provider.invalid-answer')
const text: Shape = { use: 'channel', isJson: true }

const content = object({
  type: closedOrRefused('provider.invalid-answer', 'text', 'resource_link', 'resource'),
  text,
  uri: used('url'),
  size: numeric,
  data: media,
  resource: object({ uri: used('url'), text, blob: media }),
})

/** A JSON-RPC response: results of tools, lists of them, and errors, in the server's own words. */
export const MCP_ANSWER: Shape = object({
  jsonrpc: closed('2.0'),
  id: numeric,
  result: object({
    content: list(content),
    tools: list(object({ inputSchema: JSON_SCHEMA, outputSchema: JSON_SCHEMA })),
  }),
  error: object({ code: numeric }),
})
