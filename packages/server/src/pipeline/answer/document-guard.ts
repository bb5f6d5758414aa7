import { AppError } from '@breakwater/kernel'
import type { AnswerGuard } from '../guard/channels.ts'
import type { FindRemovals } from '../guard/remover.ts'
import type { TextStep } from '../guard/step.ts'
import { CHAT_ANSWER } from '../walk/answer-shape.ts'
import { isIdentifierShaped } from '../walk/number.ts'
import type { JsonPath } from '../walk/path.ts'
import { scanJson } from '../walk/scan-json.ts'
import type { JsonLeaf } from '../walk/scan-json.ts'
import { splice } from '../walk/splice.ts'
import type { Edit } from '../walk/splice.ts'

export interface DocumentGuardOptions {
  readonly guard: AnswerGuard
  readonly find: FindRemovals
  /** Stands in the place of the provider's own id. */
  readonly answerId: string
  /** As the request named it. */
  readonly model: string
  /** Tools that the request declared. */
  readonly toolNames: ReadonlySet<string>
  /** The request asked for JSON as content. */
  readonly isJsonContent: boolean
}

/** A text of one choice that arrives in pieces. */
interface Channel {
  readonly choice: number
  /** Below `message` or `delta`; numbers are values of `index`. */
  readonly place: readonly (string | number)[]
  readonly step: TextStep
}

/** Guards the JSON documents of one answer: one for a whole answer, one for each event of a stream. */
export interface DocumentGuard {
  /** The document of a whole answer. Throws `provider.invalid-answer`, `guard.output-blocked`. */
  guardWhole(text: string): string
  /** An event's document, with those that must go before it; nothing while all of it is held back. Throws the same. */
  guardEvent(text: string): string[]
  /** What is still held back when the stream ends in order. */
  flush(): string[]
}

interface Guarded {
  readonly text: string
  /** All that the event brought is held back: it says nothing any more. */
  readonly isEmptied: boolean
}

interface AnswerRoot {
  readonly created?: unknown
  readonly usage?: unknown
  readonly choices: readonly unknown[]
}

const MAX_DEPTH = 64
const TOOL_CALL_ID = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/
const MAX_KNOWN_TEXTS = 100

export function createDocumentGuard(options: DocumentGuardOptions): DocumentGuard {
  const { guard, find, answerId, model, toolNames, isJsonContent } = options
  const channels = new Map<string, Channel>()
  const ended = new Set<string>()
  // Small texts that every event repeats are looked at once.
  const knownTexts = new Map<string, string>()
  let created = 0
  let isStream = false

  function guardText(text: string): string {
    const known = knownTexts.get(text)
    if (known !== undefined) return known
    const guarded = guard.guardWhole(text)
    if (knownTexts.size < MAX_KNOWN_TEXTS) knownTexts.set(text, guarded)
    return guarded
  }

  /** Undefined for a text of a stream that has ended. */
  function channelOf(path: JsonPath, root: AnswerRoot): Channel | undefined {
    const [, choice = 0, , ...place] = placeOf(path, root)
    const key = keyOf(choice, place)
    const known = channels.get(key)
    if (known) return known
    if (isStream && ended.has(key)) return undefined
    const isJson = path.shape?.isJson === true || (isJsonContent && place.length === 1 && place[0] === 'content')
    const channel: Channel = { choice: Number(choice), place, step: guard.createChannel(isJson) }
    channels.set(key, channel)
    return channel
  }

  function endChannel(channel: Channel): string {
    const key = keyOf(channel.choice, channel.place)
    channels.delete(key)
    ended.add(key)
    return channel.step.end()
  }

  function guardId({ value, path }: JsonLeaf): string {
    if (path.parent?.parent === undefined) return answerId
    // A client sends it back with the tool's result, so it stays when it is no more than an id.
    return TOOL_CALL_ID.test(value) && find(value).length === 0 ? value : guardText(value)
  }

  function guardString(leaf: JsonLeaf, root: AnswerRoot, isEnding: (choice: number) => boolean): string {
    const { value, path } = leaf
    switch (path.shape?.use) {
      case 'closed':
        return path.shape.values?.has(value) === true ? value : guardText(value)
      case 'model':
        return model
      case 'drop':
        return ''
      case 'id':
        return guardId(leaf)
      case 'name':
        if (toolNames.has(value)) return value
        break
      case 'channel':
        break
      case 'identifier':
      case undefined:
        return guardText(value)
    }
    const channel = channelOf(path, root)
    // A client would put more of it together with what is settled, and nobody would have looked at both.
    if (channel === undefined) {
      if (value === '') return ''
      throw invalid()
    }
    const settled = channel.step.push(value)
    return isEnding(channel.choice) ? settled + endChannel(channel) : settled
  }

  function guardDocument(text: string, root: AnswerRoot, isEnding: (choice: number) => boolean): Guarded {
    const edits: Edit[] = []
    let isHeld = false
    let says = isPresent(root.usage)
    for (const leaf of scanAnswer(text)) {
      const { kind, start, end, value, path } = leaf
      if (kind === 'key') {
        if (find(value).length > 0)
          throw new AppError('guard.output-blocked', { message: 'a name in the answer identifies' })
      } else if (kind === 'number') {
        if (path.shape?.isNumber !== true && isIdentifierShaped(value)) edits.push({ start, end, replacement: 'null' })
      } else {
        const guarded = guardString(leaf, root, isEnding)
        // Strings of the root itself are the same in every event.
        if (path.parent?.parent) {
          says ||= guarded !== ''
          isHeld ||= guarded !== value
        }
        if (guarded !== value) edits.push({ start, end, replacement: JSON.stringify(guarded) })
      }
    }
    return { text: splice(text, edits), isEmptied: isHeld && !says }
  }

  function flushChannels(ended: readonly Channel[]): string[] {
    return ended.flatMap((channel) => {
      const rest = endChannel(channel)
      return rest === '' ? [] : [toEvent(channel, rest)]
    })
  }

  function toEvent({ choice, place }: Channel, rest: string): string {
    const delta = place.reduceRight<unknown>(
      (inner, key) => (typeof key === 'number' ? [{ index: key, ...Object(inner) }] : { [key]: inner }),
      rest,
    )
    const choices = [{ index: choice, delta, finish_reason: null }]
    return JSON.stringify({ id: answerId, object: 'chat.completion.chunk', created, model, choices })
  }

  return {
    guardWhole(text) {
      const root = readRoot(text)
      if (root.choices.length === 0) throw invalid()
      return guardDocument(text, root, () => true).text
    },
    guardEvent(text) {
      isStream = true
      const root = readRoot(text)
      if (typeof root.created === 'number') created = root.created
      const ending = new Set(root.choices.flatMap((choice, at) => (isFinished(choice) ? [indexOf(choice) ?? at] : [])))
      const document = guardDocument(text, root, (choice) => ending.has(choice))
      if (ending.size === 0) return document.isEmptied ? [] : [document.text]
      return [...flushChannels([...channels.values()].filter(({ choice }) => ending.has(choice))), document.text]
    },
    flush: () => flushChannels([...channels.values()]),
  }
}

function readRoot(text: string): AnswerRoot {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch (cause) {
    throw invalid(cause)
  }
  if (isRecord(root)) {
    if (Array.isArray(root['choices']))
      return { created: root['created'], usage: root['usage'], choices: root['choices'] }
    if (root['error'] !== undefined) throw new AppError('provider.failed', { message: 'the provider failed' })
  }
  throw invalid()
}

function scanAnswer(text: string): JsonLeaf[] {
  try {
    return scanJson(text, { shape: CHAT_ANSWER, maxDepth: MAX_DEPTH, acceptsHalves: true })
  } catch (cause) {
    throw invalid(cause)
  }
}

function keyOf(choice: string | number, place: readonly (string | number)[]): string {
  return JSON.stringify([choice, place])
}

/** Names and indices from the root; an element that says its `index` goes by it, not by its position. */
function placeOf(path: JsonPath, root: AnswerRoot): (string | number)[] {
  const keys: (string | number)[] = []
  for (let at: JsonPath | undefined = path; at?.parent; at = at.parent) keys.unshift(at.key)
  let node: unknown = root
  return keys.map((key) => {
    node = typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined
    return typeof key === 'number' ? (indexOf(node) ?? key) : key
  })
}

function indexOf(element: unknown): number | undefined {
  const index = isRecord(element) ? element['index'] : undefined
  return Number.isSafeInteger(index) && Number(index) >= 0 ? Number(index) : undefined
}

function isFinished(choice: unknown): boolean {
  return isRecord(choice) && typeof choice['finish_reason'] === 'string'
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(cause?: unknown): AppError {
  return new AppError('provider.invalid-answer', { message: 'the answer is not a chat completion', cause })
}
