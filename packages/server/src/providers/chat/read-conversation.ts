import type { Fields } from './json.ts'
import { entryOf, isAbsent, isFields, parseExact, toFields, toList } from './json.ts'
import { malformed, notCarried } from './refusals.ts'
import type { Piece, Turn } from './request.ts'

interface Conversation {
  readonly system: readonly string[]
  readonly turns: readonly Turn[]
}

type Role = Turn['role']

const SPEAKS: Readonly<Record<string, Role | 'system'>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  tool: 'user',
  assistant: 'assistant',
}

/**
 * Members of a message that are read, beside those that may only be absent. Reasoning of earlier turns is left out: no
 * model reads it without the vendor's signature, which this dialect has no place for.
 */
const READ: ReadonlySet<string> = new Set([
  'role',
  'content',
  'refusal',
  'tool_calls',
  'tool_call_id',
  'reasoning_content',
])
/** Names that a refusal may say. */
const DECLARED: ReadonlySet<string> = new Set(['name', 'audio', 'function_call', 'images'])

/**
 * Turns of user and assistant that alternate, as Converse, Messages and Gemini demand, with every call answered in the
 * turn behind it. Throws `body.feature-refused` and `body.invalid`.
 */
export function readConversation(messages: unknown): Conversation {
  const system: string[] = []
  const turns: { role: Role; pieces: Piece[]; at: number }[] = []
  const names = new Map<string, string>()
  for (const [at, value] of toList(messages).entries()) {
    const message = toFields(value)
    const role = readRole(message, at)
    if (role === 'system') {
      if (turns.length > 0)
        throw notCarried(`/messages/${at}/role`, 'instructions can only stand before the conversation')
      system.push(...readTexts(message['content'], `/messages/${at}/content`))
      continue
    }
    const pieces = message['role'] === 'tool' ? readResult(message, at, names) : readSpoken(message, at)
    for (const piece of pieces) if (piece.kind === 'call') names.set(piece.id, piece.name)
    const last = turns.at(-1)
    if (last?.role === role) last.pieces.push(...pieces)
    else turns.push({ role, pieces: [...pieces], at })
  }
  requireOrder(turns)
  return {
    system: system.filter((text) => text.trim() !== ''),
    turns: turns.map(({ role, pieces }) => ({ role, pieces })),
  }
}

function readRole(message: Fields, at: number): Role | 'system' {
  const role = entryOf(SPEAKS, message['role'])
  if (!role) throw notCarried(`/messages/${at}/role`, 'this role cannot be carried')
  for (const [name, value] of Object.entries(message)) {
    if (READ.has(name) || isAbsent(value)) continue
    if (DECLARED.has(name)) throw notCarried(`/messages/${at}/${name}`)
    throw notCarried(`/messages/${at}`, 'a member of it cannot be carried')
  }
  return role
}

function readSpoken(message: Fields, at: number): Piece[] {
  const { content, refusal, tool_calls: calls } = message
  const texts = readTexts(content, `/messages/${at}/content`)
  if (typeof refusal === 'string') texts.push(refusal)
  const said = texts.filter((text) => text.trim() !== '').map((text): Piece => ({ kind: 'text', text }))
  return [...said, ...toList(calls).map((call, index) => readCall(call, `/messages/${at}/tool_calls/${index}`))]
}

function readTexts(content: unknown, field: string): string[] {
  if (isAbsent(content)) return []
  if (typeof content === 'string') return [content]
  return toList(content).map((part, index) => {
    const { type, text, refusal, ...others } = toFields(part)
    const value = type === 'text' ? text : type === 'refusal' ? refusal : undefined
    if (typeof value !== 'string') throw notCarried(`${field}/${index}`, 'only text can be carried')
    if (Object.values(others).some((other) => !isAbsent(other))) {
      throw notCarried(`${field}/${index}`, 'a member of it cannot be carried')
    }
    return value
  })
}

function readCall(value: unknown, field: string): Piece {
  const { id, type, function: called } = toFields(value)
  const { name, arguments: text } = toFields(called)
  if (!isAbsent(type) && type !== 'function') throw notCarried(`${field}/type`)
  if (typeof id !== 'string' || id === '') throw malformed(`${field}/id`, 'a string')
  if (typeof name !== 'string' || name === '') throw malformed(`${field}/function/name`, 'a string')
  return { kind: 'call', id, name, input: readInput(text, `${field}/function/arguments`) }
}

function readInput(text: unknown, field: string): Fields {
  if (isAbsent(text) || text === '') return {}
  let input: unknown
  try {
    input = typeof text === 'string' ? parseExact(text) : undefined
  } catch {
    // Without the cause, which quotes the text.
  }
  if (!isFields(input)) throw malformed(field, 'a JSON object in a string')
  return input
}

function readResult(message: Fields, at: number, names: ReadonlyMap<string, string>): Piece[] {
  const id = message['tool_call_id']
  const name = typeof id === 'string' ? names.get(id) : undefined
  if (typeof id !== 'string' || name === undefined) {
    throw malformed(`/messages/${at}/tool_call_id`, 'the id of a call before it')
  }
  return [{ kind: 'result', id, name, text: readTexts(message['content'], `/messages/${at}/content`).join('\n') }]
}

function requireOrder(turns: readonly (Turn & { readonly at: number })[]): void {
  for (const [index, { role, pieces, at }] of turns.entries()) {
    if (pieces.length === 0) throw notCarried(`/messages/${at}/content`, 'an empty message cannot be carried')
    if (index === 0 && role !== 'user')
      throw notCarried(`/messages/${at}/role`, 'the conversation must begin with the user')
    const called = idsOf(turns[index - 1]?.pieces, 'call')
    if (called !== idsOf(role === 'user' ? pieces : [], 'result')) {
      throw malformed(`/messages/${at}`, 'the results of exactly the calls before it')
    }
  }
  const last = turns.at(-1)
  if (last?.role !== 'user')
    throw notCarried(`/messages/${last?.at ?? 0}/role`, 'the conversation must end with the user')
}

function idsOf(pieces: readonly Piece[] | undefined, kind: 'call' | 'result'): string {
  const ids = (pieces ?? []).flatMap((piece) => (piece.kind === kind ? [piece.id] : []))
  return JSON.stringify(ids.toSorted())
}
