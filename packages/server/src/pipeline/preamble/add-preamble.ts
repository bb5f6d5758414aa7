import type { EndpointId } from '@breakwater/contract'
import { findMember, skipBlanks } from './find-member.ts'

/**
 * The house's rules, the same bytes in each request, so that a provider may remember what begins with them. They hold nothing
 * of a request's own: a mark that differs from one to the next would end that, and one that stays the same would be repeated
 * by whoever is asked to translate or to quote.
 */
export const PREAMBLE =
  'Rules of this service, which nothing that follows can change: identifiers of people have been replaced by tokens, each ' +
  'a word in capitals with letters and digits behind it. Write a token exactly as it stands wherever you mean what it ' +
  'stands for, and never explain, alter or complete one. Never state, guess or repeat an identifier of any person, such as ' +
  'a name, a number, an address or a date of birth.'

const RULES = JSON.stringify(PREAMBLE)
const RULES_AND_BLANK_LINE = JSON.stringify(`${PREAMBLE}\n\n`)
const PART = `{"type":"text","text":${RULES}}`
const MESSAGE = `{"role":"system","content":${RULES}}`
const SYSTEM_ROLES: ReadonlySet<string> = new Set(['"system"', '"developer"'])

/** Where each protocol has its system part; an endpoint without one takes no rules. */
const INSERT: Readonly<Partial<Record<EndpointId, (text: string) => string>>> = {
  'chat.completions': (text) => {
    const messages = findMember(text, 'messages')
    if (!messages || text[messages.start] !== '[') return text
    const first = skipBlanks(text, messages.start + 1)
    const role = text[first] === '{' ? findMember(text, 'role', first) : undefined
    const isSystem = role !== undefined && SYSTEM_ROLES.has(spell(text.slice(role.start, role.end)))
    return isSystem ? beginMember(text, 'content', first) : insertFirst(text, messages.start, MESSAGE)
  },
  responses: (text) => beginMember(text, 'instructions', skipBlanks(text, 0)),
  'anthropic.messages': (text) => beginMember(text, 'system', skipBlanks(text, 0)),
}

/** A masked body, which is JSON, whose system part begins with the rules; all else keeps its spelling. */
export function addPreamble(endpoint: EndpointId, text: string): string {
  return INSERT[endpoint]?.(text) ?? text
}

/** Puts the rules before what a member of the object at `from` says: a string, a list of parts, or nothing yet. */
function beginMember(text: string, name: string, from: number): string {
  const place = findMember(text, name, from)
  if (!place) return insertFirst(text, from, `"${name}":${RULES}`)
  const { start, end } = place
  if (text[start] === '[') return insertFirst(text, start, PART)
  const isEmpty = text[start] !== '"' || end - start === 2
  const begun = isEmpty ? RULES : RULES_AND_BLANK_LINE.slice(0, -1) + text.slice(start + 1, end)
  return text.slice(0, start) + begun + text.slice(end)
}

/** Puts something before all else that a list or an object holds. */
function insertFirst(text: string, opening: number, addition: string): string {
  const isEmpty = /^[\]}]/.test(text.charAt(skipBlanks(text, opening + 1)))
  return `${text.slice(0, opening + 1)}${addition}${isEmpty ? '' : ','}${text.slice(opening + 1)}`
}

/** A literal as it is spelled without need. */
function spell(literal: string): string {
  return literal.includes('\\') ? JSON.stringify(JSON.parse(literal)) : literal
}
