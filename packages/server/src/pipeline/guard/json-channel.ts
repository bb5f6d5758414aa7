import { isIdentifierShaped } from '../walk/number.ts'
import type { GuardTally, TextStep } from './step.ts'

/** Makes the guard of one text; `context` is read before it and not put out. */
export type CreateTextStep = (context?: string) => TextStep

type State = 'outside' | 'word' | 'string' | 'text'

const STRUCTURE = /[\s{}[\]:,]/
const MAX_WORD_LENGTH = 64
const MAX_LABEL_LENGTH = 64
const WORD = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/
/** Between a member's name and its value, where the name is the value's context. */
export const LABEL_END = ': '
const ESCAPE_LENGTH = 2
const UNICODE_ESCAPE_LENGTH = 6

/**
 * Guards a JSON text that arrives in pieces (tool arguments, structured output): every string is decoded, guarded as a
 * text of its own with its member's name as context, and escaped again, so that no value can break out of its quotes.
 * Long numbers become `null`. From the first character that no JSON has there, the rest is guarded as plain text.
 */
export function createJsonChannel(createTextStep: CreateTextStep, tally: GuardTally): TextStep {
  let state: State = 'outside'
  let word = ''
  let escape = ''
  let literal: TextStep | undefined
  /** The decoded start of the current string: the label of the next one, if it turns out to be a name. */
  let label = ''
  let lastLabel = ''
  let plain: TextStep | undefined

  async function endWord(): Promise<string> {
    const ended = word
    word = ''
    state = 'outside'
    if (ended === '' || (WORD.test(ended) && !isIdentifierShaped(ended))) return ended
    if (WORD.test(ended)) {
      tally.removed.set('other_id', (tally.removed.get('other_id') ?? 0) + 1)
      return 'null'
    }
    return becomeText(ended)
  }

  async function becomeText(text: string): Promise<string> {
    state = 'text'
    plain = createTextStep()
    return plain.push(text)
  }

  async function pushDecoded(decoded: string): Promise<string> {
    if (label.length < MAX_LABEL_LENGTH) label += decoded
    return quote((await literal?.push(decoded)) ?? '')
  }

  /** Reads on from `at` in the state at hand; answers what is settled and where it stopped. */
  function readOutside(text: string, at: number): [string, number] {
    const character = text.charAt(at)
    if (character === '"') {
      state = 'string'
      lastLabel = label
      label = ''
      literal = createTextStep(lastLabel === '' ? '' : `${lastLabel}${LABEL_END}`)
      return ['"', at + 1]
    }
    if (STRUCTURE.test(character)) {
      // The string before a comma was a value: it says nothing about the next one.
      if (character === ',' || character === '}') label = ''
      return [character, at + 1]
    }
    state = 'word'
    return ['', at]
  }

  async function readWord(text: string, at: number): Promise<[string, number]> {
    let end = at
    while (end < text.length && !STRUCTURE.test(text.charAt(end)) && text.charAt(end) !== '"') end++
    word += text.slice(at, end)
    if (word.length > MAX_WORD_LENGTH) {
      const long = word
      word = ''
      return [await becomeText(long), end]
    }
    return end < text.length ? [await endWord(), end] : ['', end]
  }

  async function readString(text: string, at: number): Promise<[string, number]> {
    if (escape !== '') return readEscape(text, at)
    let end = at
    while (end < text.length && text.charAt(end) !== '"' && text.charAt(end) !== '\\') end++
    let result = end > at ? await pushDecoded(text.slice(at, end)) : ''
    if (end === text.length) return [result, end]
    if (text.charAt(end) === '\\') escape = '\\'
    else {
      result += `${quote((await literal?.end()) ?? '')}"`
      literal = undefined
      state = 'outside'
    }
    return [result, end + 1]
  }

  async function readEscape(text: string, at: number): Promise<[string, number]> {
    escape += text.charAt(at)
    const length = escape.charAt(1) === 'u' ? UNICODE_ESCAPE_LENGTH : ESCAPE_LENGTH
    if (escape.length < length) return ['', at + 1]
    const decoded = decodeEscape(escape)
    escape = ''
    return [await pushDecoded(decoded), at + 1]
  }

  const readers = { outside: readOutside, word: readWord, string: readString }

  return {
    async push(text) {
      let result = ''
      for (let at = 0; at < text.length; ) {
        if (state === 'text') return result + ((await plain?.push(text.slice(at))) ?? '')
        const [settled, next] = await readers[state](text, at)
        result += settled
        at = next
      }
      return result
    },
    async end() {
      if (state === 'text') return (await plain?.end()) ?? ''
      if (state === 'string') {
        const rest = quote((await literal?.end()) ?? '')
        literal = undefined
        return rest
      }
      const rest = await endWord()
      return plain ? rest + (await plain.end()) : rest
    },
  }
}

function decodeEscape(escape: string): string {
  try {
    return JSON.parse(`"${escape}"`) as string
  } catch {
    // No escape of JSON's: its characters stand for themselves.
    return escape
  }
}

/** As it stands between the quotes of a JSON string. */
function quote(text: string): string {
  return text === '' ? '' : JSON.stringify(text).slice(1, -1)
}
