import { AppError } from '@breakwater/kernel'
import { ADDRESS_LABEL } from '../guard/channels.ts'
import type { AnswerGuard } from '../guard/channels.ts'
import type { IsEgress } from '../guard/egress.ts'
import type { FindRemovals } from '../guard/remover.ts'
import { passWhole } from '../guard/step.ts'
import type { TextStep } from '../guard/step.ts'
import { isIdentifierShaped } from '../walk/number.ts'
import { scanJson } from '../walk/scan-json.ts'
import type { JsonLeaf } from '../walk/scan-json.ts'
import type { LeafUse, Shape } from '../walk/shape.ts'
import { beforeToken } from '../tokens/shape.ts'
import { splice } from '../walk/splice.ts'
import type { Edit } from '../walk/splice.ts'
import type { AnswerForms } from '../structured/check.ts'
import { NO_FORMS } from '../structured/check.ts'
import type { AnswerDialect, AnswerHead, ChannelPlace } from './dialect.ts'
import { createReferences } from './references.ts'
import type { JsonPath } from '../walk/path.ts'
import { invalidAnswer, placeOf } from './root.ts'
import type { Soon } from '../../platform/async/soon.ts'
import type { SseEvent } from '../../platform/http/sse.ts'
import { isSealed } from '../walk/sealed.ts'

export interface DocumentGuardOptions extends Pick<AnswerHead, 'answerId' | 'model'> {
  readonly dialect: AnswerDialect
  readonly guard: AnswerGuard
  /** The same with counts of its own: measures what becomes of a text, without doing it. */
  readonly measure: AnswerGuard
  readonly find: FindRemovals
  /** Whether a tool sends its arguments on: no value is put back into them. */
  readonly isEgress: IsEgress
  /** What texts must be before their end leaves; nothing is asked of them without it. */
  readonly forms?: AnswerForms
  /** Tools that the request declared. */
  readonly toolNames: ReadonlySet<string>
}

/** What an event lets out, in the words of the wire. */
interface Released {
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
  /** All that came, and all that was let out of it; kept where the protocol repeats it or points into it. */
  raw: string
  said: string
}

interface DocumentMode {
  readonly shape: Shape
  readonly isStream: boolean
  readonly ends: (owner: string) => boolean
}

interface Guarded {
  readonly text: string
  /** All that the event brought is held back: it says nothing any more. */
  readonly isEmptied: boolean
}

const MAX_DEPTH = 64
const MAX_KNOWN_TEXTS = 1_000
/** Of the text before that is read with one. */
const CONTEXT_CHARS = 64
/** What tells one event's place in the answer from another's. */
const EVENT_MARKS = ['type', 'index', 'output_index', 'content_index', 'summary_index', 'annotation_index'] as const
const EMPTY = /^\{\s*\}$/

export function createDocumentGuard(options: DocumentGuardOptions): DocumentGuard {
  const { dialect, guard, measure, find, isEgress, forms = NO_FORMS, answerId, model, toolNames } = options
  const isKept = dialect.repeats === true || dialect.textOf !== undefined
  const channels = new Map<string, Channel>()
  const ended = new Map<string, Channel | undefined>()
  const guardReference = createReferences(find)
  /** What texts ended with, where others may go on from them. */
  const tails = new Map<string, string>()
  /** Names of the tools that are called, by the place that holds their arguments too. */
  const tools = new Map<string, string>()
  // What a document that tells a text as a whole sets free of it: pieces go on until they say as much.
  let freed = ''
  // By their places, what events say again.
  const loose = new Map<string, string>()
  // Small texts that every event repeats are looked at once.
  const knownTexts = new Map<string, string>()

  async function guardOnce(
    text: string,
    use: 'text' | 'url',
    guardIt: (text: string) => Promise<string>,
  ): Promise<string> {
    const known = knownTexts.get(use + text)
    if (known !== undefined) return known
    const guarded = await guardIt(text)
    if (knownTexts.size < MAX_KNOWN_TEXTS) knownTexts.set(use + text, guarded)
    return guarded
  }

  const guardText = async (text: string): Promise<string> =>
    guardOnce(text, 'text', async (whole) => guard.guardWhole(whole))

  const guardUrl = async (text: string): Promise<string> =>
    guardOnce(text, 'url', async (address) => guard.guardAddress(address))

  function open(place: ChannelPlace, use: LeafUse | undefined): Channel {
    const call = callOf(place)
    const tool = call === undefined ? undefined : tools.get(call)
    const isWithheld = call !== undefined && isEgress(tool)
    const form = call === undefined ? forms.content : forms.tools.get(tool ?? '')
    const step = guard.createChannel(use === 'signed' ? 'signed' : kindOf(place), {
      isWithheld,
      form: call === undefined || ARGUMENTS.has(place.place.at(-1)) ? form : undefined,
      context: readBefore(place),
    })
    const channel: Channel = { ...place, step, raw: '', said: '' }
    channels.set(keyOf(place), channel)
    return channel
  }

  function readBefore(place: ChannelPlace): string {
    const before = dialect.before?.(place)
    const tail = before === undefined ? '' : (tails.get(keyOf(before)) ?? '')
    return tail.slice(beforeToken(tail, Math.max(0, tail.length - CONTEXT_CHARS)))
  }

  function keepTail(channel: Channel, text: string): void {
    if (!dialect.before || tails.size >= MAX_KNOWN_TEXTS) return
    const key = keyOf(channel)
    tails.set(key, ((tails.get(key) ?? '') + text).slice(-2 * CONTEXT_CHARS))
  }

  async function push(channel: Channel, text: string): Promise<string> {
    keepTail(channel, text)
    const settled = await channel.step.push(text)
    if (isKept) {
      channel.raw += text
      channel.said += settled
    }
    return settled
  }

  async function endChannel(channel: Channel): Promise<string> {
    const key = keyOf(channel)
    channels.delete(key)
    ended.set(key, isKept ? channel : undefined)
    const rest = await channel.step.end()
    channel.said += rest
    return rest
  }

  /** A piece of a text. A client would put more of it together with what is settled, and nobody would have looked at both. */
  async function tellPiece(place: ChannelPlace, { value, path }: JsonLeaf, mode: DocumentMode): Promise<string> {
    const key = keyOf(place)
    if (mode.isStream && !channels.has(key) && ended.has(key)) {
      if (value === '') return ''
      throw invalidAnswer('a text goes on behind its end')
    }
    const known = channels.get(key)
    const channel = known ?? open(place, path.shape?.use)
    if (!known && mode.ends(channel.owner)) return passAll(channel, value)
    const settled = await push(channel, value)
    return mode.ends(channel.owner) ? settled + (await endChannel(channel)) : settled
  }

  /** A text that is there as a whole. */
  async function passAll(channel: Channel, text: string): Promise<string> {
    const key = keyOf(channel)
    channels.delete(key)
    ended.set(key, isKept ? channel : undefined)
    keepTail(channel, text)
    const said = await passWhole(channel.step, text)
    if (isKept) {
      channel.raw = text
      channel.said = said
    }
    return said
  }

  /** An object in an event is all of its text; an empty one stands where pieces follow. */
  async function tellAtOnce(place: ChannelPlace, { value, path }: JsonLeaf): Promise<string> {
    if (EMPTY.test(value)) return value
    const key = keyOf(place)
    if (channels.has(key) || ended.has(key)) throw invalidAnswer('a text goes on behind its end')
    return passAll(open(place, path.shape?.use), value)
  }

  /** All of a text. What its pieces did not say yet goes before it, and it says what they said. */
  async function tellWhole(place: ChannelPlace, { value, path }: JsonLeaf): Promise<string> {
    const key = keyOf(place)
    const told = ended.get(key)
    if (told) {
      if (told.raw === value) return told.said
      throw invalidAnswer('a text is another one when it is repeated')
    }
    const known = channels.get(key)
    if (known && !value.startsWith(known.raw)) throw invalidAnswer('a text is not what its pieces say')
    const channel = known ?? open(place, path.shape?.use)
    const rest = (await push(channel, value.slice(channel.raw.length))) + (await endChannel(channel))
    if (known && rest !== '') freed += dialect.toRest(channel, rest)
    return channel.said
  }

  /** Where the same place is in the text as it was let out; a place inside of what was changed moves to its end. */
  async function moveOffset({ value, path }: JsonLeaf, root: unknown): Promise<string> {
    const inRequest = dialect.placeInRequest?.(path, root, Number(value))
    if (inRequest !== undefined) return String(inRequest)
    const text = dialect.textOf?.(path, root)
    if (!text) return value
    const key = keyOf(text)
    const raw = text.text ?? channels.get(key)?.raw ?? ended.get(key)?.raw ?? ''
    const step = measure.createChannel(kindOf(text))
    const before = (await step.push(Array.from(raw).slice(0, Number(value)).join(''))) + (await step.end())
    return String(Array.from(before).length)
  }

  /**
   * A text that nobody declared as one in pieces. In a stream its place says the same again or nothing more: what events
   * bring piece by piece here, nobody would have looked at as one text.
   */
  async function guardLoose({ value, path }: JsonLeaf, root: unknown, { isStream }: DocumentMode): Promise<string> {
    if (isStream && value !== '') {
      const place = JSON.stringify([placeOf(path, root), EVENT_MARKS.map((name) => Object(root)[name])])
      const said = loose.get(place) ?? value
      if (said !== value || (!loose.has(place) && loose.size === MAX_KNOWN_TEXTS)) return ''
      loose.set(place, value)
    }
    const isAddress = typeof path.key === 'string' && ADDRESS_LABEL.test(path.key)
    return isAddress ? guardUrl(value) : guardText(value)
  }

  /** As the request declared it: a name in it went out as a token. */
  async function readToolName(name: string): Promise<string> {
    return toolNames.has(name) ? name : measure.guardWhole(name)
  }

  /** At once for most of what stands around a text. */
  function guardString(leaf: JsonLeaf, root: unknown, mode: DocumentMode): Soon<string> {
    const { value, path } = leaf
    switch (path.shape?.use) {
      case 'closed':
        return path.shape.values?.has(value) === true ? value : guardLoose(leaf, root, mode)
      case 'model':
        return model
      case 'drop':
        return ''
      case 'id':
        return answerId
      case 'reference':
        return guardReference(value)
      case 'url':
        return guardUrl(value)
      case 'sealed':
        if (value === '' || isSealed(value)) return value
        throw invalidAnswer('a sealed part that can be read')
      case 'name':
        if (toolNames.has(value)) return value
        // All of it is here: a client may not take it in pieces.
        if (toolNames.has(tools.get(keyOf(parentOf(dialect.channelOf(path, root)))) ?? '')) return guardText(value)
        break
      case 'channel':
      case 'json':
      case 'signed':
        break
      case undefined:
        if (path.shape === undefined) return guardLoose(leaf, root, mode)
        return typeof path.key === 'string' && ADDRESS_LABEL.test(path.key) ? guardUrl(value) : guardText(value)
      case 'repeated':
        return guardLoose(leaf, root, mode)
      case 'identifier':
      case 'offset':
        return guardText(value)
    }
    const place = dialect.channelOf(path, root)
    if (place.isWhole) return tellWhole(place, leaf)
    if (leaf.kind === 'json' && mode.isStream) return tellAtOnce(place, leaf)
    return tellPiece(place, leaf, mode)
  }

  async function guardDocument(text: string, root: unknown, mode: DocumentMode): Promise<Guarded> {
    const edits: Edit[] = []
    let isHeld = false
    let says = false
    const leaves = scanAnswer(text, mode.shape)
    // A name may stand behind the arguments, or come in an event before them.
    for (const { value, path } of leaves)
      if (path.shape?.use === 'name' && value !== '')
        tools.set(keyOf(parentOf(dialect.channelOf(path, root))), await readToolName(value))
    for (const leaf of leaves) {
      const { kind, start, end, value, path } = leaf
      if (isInsideText(path)) throw invalidAnswer('a list or an object in the place of a text')
      if (kind === 'key') {
        if ((await find(value)).length > 0)
          throw new AppError('guard.output-blocked', { message: 'a name in the answer identifies' })
      } else if (kind === 'number') {
        if (path.shape?.use === 'offset') edits.push({ start, end, replacement: await moveOffset(leaf, root) })
        else if (path.shape?.isNumber !== true && isIdentifierShaped(value))
          edits.push({ start, end, replacement: 'null' })
      } else {
        const guarding = guardString(leaf, root, mode)
        const guarded = typeof guarding === 'string' ? guarding : await guarding
        if (!dialect.isHead(path)) {
          says ||= guarded !== ''
          isHeld ||= guarded !== value
        }
        if (guarded !== value)
          edits.push({ start, end, replacement: kind === 'json' ? guarded : JSON.stringify(guarded) })
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
      freed = ''
      const { text, isEmptied } = await guardDocument(event.text, root, { shape, isStream: true, ends })
      const rests = freed + (await flush(ends))
      if (isLast) return { text: rests, closing: dialect.toEvent(event, text) }
      return { text: rests + (isEmptied && !isNews ? '' : dialect.toEvent(event, text)) }
    },
  }
}

/** Nothing of it would go by the rules of the text that it stands for. */
function isInsideText({ parent }: JsonPath): boolean {
  const shape = parent?.shape
  return shape?.use === 'channel' && parent?.segment !== '*' && !shape.members && !shape.others && !shape.items
}

function all(): boolean {
  return true
}

function kindOf({ isJson }: ChannelPlace): 'json' | 'text' {
  return isJson ? 'json' : 'text'
}

const ARGUMENTS: ReadonlySet<unknown> = new Set(['arguments', 'input', 'partial_json'])

/** The call whose arguments, or a part of them, stand at a place. */
function callOf({ owner, place }: ChannelPlace): string | undefined {
  const at = place.findIndex((key) => ARGUMENTS.has(key))
  return at === -1 ? undefined : keyOf({ owner, place: place.slice(0, at) })
}

function parentOf({ owner, place }: ChannelPlace): Pick<ChannelPlace, 'owner' | 'place'> {
  return { owner, place: place.slice(0, -1) }
}

function keyOf({ owner, place }: Pick<ChannelPlace, 'owner' | 'place'>): string {
  return JSON.stringify([owner, place])
}

function scanAnswer(text: string, shape: Shape): JsonLeaf[] {
  try {
    return scanJson(text, { shape, maxDepth: MAX_DEPTH, acceptsHalves: true })
  } catch (cause) {
    throw invalidAnswer('the answer is not what its protocol says', cause)
  }
}
