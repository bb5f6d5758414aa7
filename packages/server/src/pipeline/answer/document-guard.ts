import { AppError } from '@breakwater/kernel'
import type { AnswerGuard } from '../guard/channels.ts'
import type { FindRemovals } from '../guard/remover.ts'
import type { TextStep } from '../guard/step.ts'
import { isIdentifierShaped } from '../walk/number.ts'
import type { JsonPath } from '../walk/path.ts'
import { scanJson } from '../walk/scan-json.ts'
import type { JsonLeaf } from '../walk/scan-json.ts'
import type { Shape } from '../walk/shape.ts'
import { splice } from '../walk/splice.ts'
import type { Edit } from '../walk/splice.ts'
import type { AnswerDialect, AnswerHead, ChannelPlace } from './dialect.ts'
import { invalidAnswer } from './root.ts'
import type { SseEvent } from '../../platform/http/sse.ts'

export interface DocumentGuardOptions extends Pick<AnswerHead, 'answerId' | 'model'> {
  readonly dialect: AnswerDialect
  readonly guard: AnswerGuard
  readonly find: FindRemovals
  /** Tools that the request declared. */
  readonly toolNames: ReadonlySet<string>
}

/** What an event lets out, in the words of the wire. */
export interface Released {
  readonly text: string
  /** Of the last event: what waits for the durable outcome. */
  readonly closing?: string
}

/** Guards the JSON documents of one answer: one for a whole answer, one for each event of a stream. */
export interface DocumentGuard {
  /** The document of a whole answer. Throws `provider.invalid-answer`, `guard.output-blocked`. */
  guardWhole(text: string): Promise<string>
  /**
   * An event, behind what must go before it; an empty text while all of it is held back. Throws the same. The next event
   * waits for the answer to the last.
   */
  guardEvent(event: SseEvent): Promise<Released>
}

interface Channel extends ChannelPlace {
  readonly step: TextStep
}

interface Guarded {
  readonly text: string
  /** All that the event brought is held back: it says nothing any more. */
  readonly isEmptied: boolean
}

const MAX_DEPTH = 64
const REFERENCE = /^[A-Za-z][A-Za-z0-9_-]{0,127}$/
const MAX_KNOWN_TEXTS = 100

export function createDocumentGuard(options: DocumentGuardOptions): DocumentGuard {
  const { dialect, guard, find, answerId, model, toolNames } = options
  const channels = new Map<string, Channel>()
  const ended = new Set<string>()
  // Small texts that every event repeats are looked at once.
  const knownTexts = new Map<string, string>()

  async function guardText(text: string): Promise<string> {
    const known = knownTexts.get(text)
    if (known !== undefined) return known
    const guarded = await guard.guardWhole(text)
    if (knownTexts.size < MAX_KNOWN_TEXTS) knownTexts.set(text, guarded)
    return guarded
  }

  /** Undefined for a text of a stream that has ended. */
  function channelOf(path: JsonPath, root: unknown, isStream: boolean): Channel | undefined {
    const place = dialect.channelOf(path, root)
    const key = keyOf(place)
    const known = channels.get(key)
    if (known) return known
    if (isStream && ended.has(key)) return undefined
    const channel = { ...place, step: guard.createChannel(path.shape?.use === 'signed' ? 'signed' : kindOf(place)) }
    channels.set(key, channel)
    return channel
  }

  async function endChannel(channel: Channel): Promise<string> {
    const key = keyOf(channel)
    channels.delete(key)
    ended.add(key)
    return channel.step.end()
  }

  async function guardString(
    leaf: JsonLeaf,
    root: unknown,
    isStream: boolean,
    ends: (owner: string) => boolean,
  ): Promise<string> {
    const { value, path } = leaf
    switch (path.shape?.use) {
      case 'closed':
        return path.shape.values?.has(value) === true ? value : guardText(value)
      case 'model':
        return model
      case 'drop':
        return ''
      case 'id':
        return answerId
      case 'reference':
        // A client sends it back, so it stays when it is no more than an id.
        return REFERENCE.test(value) && (await find(value)).length === 0 ? value : guardText(value)
      case 'name':
        if (toolNames.has(value)) return value
        break
      case 'channel':
      case 'signed':
        break
      case 'identifier':
      case undefined:
        return guardText(value)
    }
    const channel = channelOf(path, root, isStream)
    // A client would put more of it together with what is settled, and nobody would have looked at both.
    if (channel === undefined) {
      if (value === '') return ''
      throw invalidAnswer('a text goes on behind its end')
    }
    const settled = await channel.step.push(value)
    return ends(channel.owner) ? settled + (await endChannel(channel)) : settled
  }

  async function guardDocument(
    text: string,
    root: unknown,
    { shape, isStream, ends }: { shape: Shape; isStream: boolean; ends: (owner: string) => boolean },
  ): Promise<Guarded> {
    const edits: Edit[] = []
    let isHeld = false
    let says = false
    for (const leaf of scanAnswer(text, shape)) {
      const { kind, start, end, value, path } = leaf
      if (kind === 'key') {
        if ((await find(value)).length > 0)
          throw new AppError('guard.output-blocked', { message: 'a name in the answer identifies' })
      } else if (kind === 'number') {
        if (path.shape?.isNumber !== true && isIdentifierShaped(value)) edits.push({ start, end, replacement: 'null' })
      } else {
        const guarded = await guardString(leaf, root, isStream, ends)
        if (!dialect.isHead(path)) {
          says ||= guarded !== ''
          isHeld ||= guarded !== value
        }
        if (guarded !== value) edits.push({ start, end, replacement: JSON.stringify(guarded) })
      }
    }
    return { text: splice(text, edits), isEmptied: isHeld && !says }
  }

  async function flush(ends: (owner: string) => boolean): Promise<string> {
    let text = ''
    for (const channel of channels.values()) {
      if (!ends(channel.owner)) continue
      const rest = await endChannel(channel)
      if (rest !== '') text += dialect.toRest(channel, rest)
    }
    return text
  }

  return {
    async guardWhole(text) {
      const root = dialect.readWhole(text)
      const guarded = await guardDocument(text, root, { shape: dialect.shapes.whole, isStream: false, ends: all })
      return guarded.text
    },
    async guardEvent(sent) {
      const event = dialect.readEvent(sent)
      if (event.kind === 'ignored') return { text: '' }
      if (event.kind === 'end') return { text: await flush(all), closing: event.closing }
      const { root, isNews, isLast } = event
      const ends = (owner: string): boolean => isLast || event.ends(owner)
      const { event: shape } = dialect.shapes
      const { text, isEmptied } = await guardDocument(event.text, root, { shape, isStream: true, ends })
      const rests = await flush(ends)
      if (isLast) return { text: rests, closing: dialect.toEvent(event, text) }
      return { text: rests + (isEmptied && !isNews ? '' : dialect.toEvent(event, text)) }
    },
  }
}

function all(): boolean {
  return true
}

function kindOf({ isJson }: ChannelPlace): 'json' | 'text' {
  return isJson ? 'json' : 'text'
}

function keyOf({ owner, place }: ChannelPlace): string {
  return JSON.stringify([owner, place])
}

function scanAnswer(text: string, shape: Shape): JsonLeaf[] {
  try {
    return scanJson(text, { shape, maxDepth: MAX_DEPTH, acceptsHalves: true })
  } catch (cause) {
    throw invalidAnswer('the answer is not what its protocol says', cause)
  }
}
