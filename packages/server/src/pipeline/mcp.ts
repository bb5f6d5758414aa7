import { AppError } from '@breakwater/kernel'
import type { Exchange, WireAnswer } from '../platform/http/exchange.ts'
import type { Received } from './context.ts'
import type { StageDeps } from './deps.ts'
import { createMcpSpec, OUTGOING_ID } from './endpoints/mcp/spec.ts'
import { METHODS } from './endpoints/mcp/shapes.ts'
import type { EndpointSpec } from './endpoints/index.ts'
import { draftUnknown } from './record.ts'
import { scanJson } from './walk/scan-json.ts'
import type { JsonLeaf } from './walk/scan-json.ts'
import type { JsonPath } from './walk/path.ts'
import { splice } from './walk/splice.ts'
import type { Edit } from './walk/splice.ts'

/** Crosses with a request to a server of tools. */
export type CrossTool = (endpoint: EndpointSpec, exchange: Exchange) => Promise<WireAnswer>

interface McpRequest {
  readonly exchange: Exchange
  /** As the path names it. */
  readonly server: string
  readonly identify: Received['identify']
  /** Is told of the request's id as soon as it is known, in the words of its text. */
  readonly noteId: (id: string) => void
}

const REVISIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const
const PREFERRED = '2025-06-18'
// JSON-RPC 2.0 section 5.1.
const REFUSAL = '"error":{"code":-32601,"message":"route.unknown: this method does not pass"}'
const MAX_ID_CHARS = 128
const HEADERS = { 'content-type': 'application/json' }
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * One message of a client of the Model Context Protocol (streamable HTTP, revision 2025-06-18). What asks the server for
 * something crosses as every request does, purpose, agreement, masking and guard included; what only greets is answered
 * here, and nothing else of the protocol passes: no sampling, no resources, no prompts. Undefined for a notification,
 * which has no answer.
 */
export async function answerMcp(
  { exchange, server, identify, noteId }: McpRequest,
  { authenticator, providers, limits, ledger }: StageDeps,
  cross: CrossTool,
): Promise<WireAnswer | undefined> {
  const principal = await authenticator.authenticate(exchange.credentials)
  identify(principal)
  const model = `mcp/${server}`
  const text = decode(await exchange.readBytes(limits.maxBodyBytes))
  const leaves = scanJson(text, { maxDepth: limits.maxDepth })
  const message = readMessage(text)
  const { method } = message
  if (METHODS.some((known) => known === method)) {
    const id = findId(leaves)
    noteId(text.slice(id.start, id.end))
    const edits = [{ start: id.start, end: id.end, replacement: String(OUTGOING_ID) }, ...dropProgress(text, leaves)]
    const own = splice(
      text,
      edits.toSorted((a, b) => a.start - b.start),
    )
    const answer = await cross(createMcpSpec(model), { ...exchange, readBytes: async () => Buffer.from(own) })
    // A request of this endpoint asks for no stream.
    const body = typeof answer.body === 'string' ? answer.body : ''
    return { ...answer, body: withId(body, text.slice(id.start, id.end), limits.maxDepth) }
  }
  await providers.findByModel(principal.tenant, model)
  // None of them concerns the server behind the wall.
  if (message.id === undefined) return undefined
  const id = findId(leaves)
  const answered = answerHere(message)
  if (answered === undefined) await ledger.append(draftUnknown(principal))
  const told = answered ?? REFUSAL
  return { headers: HEADERS, body: `{"jsonrpc":"2.0","id":${text.slice(id.start, id.end)},${told}}` }
}

interface Message {
  readonly method: string
  readonly id?: unknown
  readonly params?: { readonly protocolVersion?: unknown }
}

/** Throws `body.invalid`: a batch too, which no revision since 2025-06-18 has. */
function readMessage(text: string): Message {
  const message: unknown = JSON.parse(text)
  if (typeof message === 'object' && message !== null && 'method' in message && typeof message.method === 'string') {
    return message as Message
  }
  throw new AppError('body.invalid', { message: 'the body: must be one message of JSON-RPC with a method' })
}

function answerHere({ method, params }: Message): string | undefined {
  if (method === 'ping') return '"result":{}'
  if (method === 'initialize') {
    const asked = REVISIONS.find((revision) => revision === params?.protocolVersion)
    const serverInfo = { name: 'breakwater', version: '1' }
    return `"result":${JSON.stringify({ protocolVersion: asked ?? PREFERRED, capabilities: { tools: {} }, serverInfo })}`
  }
  return undefined
}

/** The id of a message as it stands in its text: a number or a text of some length. Throws `body.invalid`. */
function findId(leaves: readonly JsonLeaf[]): JsonLeaf {
  const id = leaves.find(({ kind, path }) => kind !== 'key' && path.key === 'id' && path.parent && !path.parent.parent)
  if (id && id.value.length <= MAX_ID_CHARS) return id
  throw new AppError('body.invalid', { message: '/id: must be a number or a short text', field: '/id' })
}

/**
 * A client's wish to be told of progress, which no answer here does: it stays here. Whatever else is beside it is read as any
 * other member.
 */
function dropProgress(text: string, leaves: readonly JsonLeaf[]): Edit[] {
  const [key, value, ...more] = leaves.filter(({ path: { parent } }) => isMeta(parent))
  if (key?.kind !== 'key' || key.value !== 'progressToken' || !value || value.kind === 'key' || more.length > 0)
    return []
  const start = text.lastIndexOf('{', key.start)
  const end = text.indexOf('}', value.end) + 1
  const isAlone = text.slice(start + 1, key.start).trim() === '' && text.slice(value.end, end - 1).trim() === ''
  return isAlone ? [{ start, end, replacement: '{}' }] : []
}

function isMeta(path: JsonPath | undefined): boolean {
  return path?.key === '_meta' && path.parent?.key === 'params' && path.parent.parent?.parent === undefined
}

function withId(answer: string, id: string, maxDepth: number): string {
  const { start, end } = findId(scanJson(answer, { maxDepth: maxDepth * 2 }))
  return splice(answer, [{ start, end, replacement: id }])
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF_8.decode(bytes)
  } catch {
    throw new AppError('body.invalid-utf8', { message: 'the body is not UTF-8' })
  }
}
