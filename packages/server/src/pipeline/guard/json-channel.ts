import { isNumericMember } from '../mask/members.ts'
import { isIdentifierShaped } from '../walk/number.ts'
import type { GuardTally, TextStep } from './step.ts'

/** Makes the guard of one text; `context` is read before it and not put out. */
export type CreateTextStep = (context?: string) => TextStep

type State = 'outside' | 'word' | 'string' | 'text'

const STRUCTURE = /[\s{}[\]:,]/
const BLANK = /\s/
const MAX_WORD_LENGTH = 64
const MAX_LABEL_LENGTH = 64
const WORD = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/
/** Between a member's name and its value, where the name is the value's context. */
export const LABEL_END = ': '
const ESCAPE_LENGTH = 2
const UNICODE_ESCAPE_LENGTH = 6

/** What stands in the place of an identifier, and is long enough for one. */
const MEMBER_NUMBER = /(?:\d\D?){5}/
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/

/**
 * Guards a JSON text that arrives in pieces (tool arguments, structured output): every string is decoded, guarded as a
 * text of its own with its member's name as context, and escaped again, so that no value can break out of its quotes.
 * Long numbers, and shorter ones in members that hold an identifier, become `null`. A string in the place of a number
 * (`isNumber` by its context) loses its quotes where it is one. From the first character that no JSON has there, the rest is
 * guarded as plain text.
 */
export function createJsonChannel(
  createTextStep: CreateTextStep,
  tally: GuardTally,
  isNumber: (context: string) => boolean = () => false,
): TextStep {
  let state: State = 'outside'
  let word = ''
  /** Blanks behind the word: what stands behind them tells whether it was a value. */
  let gap = ''
  let escape = ''
  let literal: TextStep | undefined
  /** The decoded start of the current string: the label of the next one, if it turns out to be a name. */
  let label = ''
  /** Of the lists and objects that are open: the label of a list's elements. */
  const open: string[] = []
  /** All of a string that is to be a number, before it is known to be one. */
  let number: string | undefined
  let plain: TextStep | undefined

  async function endWord(): Promise<string> {
    const [ended, blanks] = [word, gap]
    word = ''
    gap = ''
    state = 'outside'
    if (ended === '' || (WORD.test(ended) && !isIdentifier(ended))) return ended + blanks
    if (WORD.test(ended)) {
      tally.removed.set('other_id', (tally.removed.get('other_id') ?? 0) + 1)
      return `null${blanks}`
    }
    return becomeText(ended + blanks)
  }

  function isIdentifier(number: string): boolean {
    return isIdentifierShaped(number) || (MEMBER_NUMBER.test(number) && isNumericMember(label))
  }

  async function becomeText(text: string): Promise<string> {
    state = 'text'
    plain = createTextStep()
    return plain.push(text)
  }

  async function pushDecoded(decoded: string): Promise<string> {
    if (label.length < MAX_LABEL_LENGTH) label += decoded
    return tell((await literal?.push(decoded)) ?? '')
  }

  /** Of a string, what may leave now. */
  function tell(text: string): string {
    if (number === undefined) return quote(text)
    number += text
    return ''
  }

  function tellEnd(rest: string): string {
    if (number === undefined) return `${quote(rest)}"`
    const value = number + rest
    number = undefined
    return NUMBER.test(value) ? value : `"${quote(value)}"`
  }

  /** Reads on from `at` in the state at hand; answers what is settled and where it stopped. */
  function readOutside(text: string, at: number): [string, number] {
    const character = text.charAt(at)
    if (character === '"') {
      state = 'string'
      const context = label === '' ? '' : `${label}${LABEL_END}`
      label = ''
      literal = createTextStep(context)
      number = isNumber(context) ? '' : undefined
      return [number === undefined ? '"' : '', at + 1]
    }
    if (STRUCTURE.test(character)) {
      readStructure(character)
      return [character, at + 1]
    }
    state = 'word'
    return ['', at]
  }

  /** The string before a comma was a value: it says nothing about the next one, but the name of a list does. */
  function readStructure(character: string): void {
    if (character === '[') open.push(label)
    else if (character === '{') {
      open.push('')
      label = ''
    } else if (character === ']' || character === '}') {
      open.pop()
      label = ''
    } else if (character === ',') label = open.at(-1) ?? ''
  }

  async function readWord(text: string, at: number): Promise<[string, number]> {
    let end = at
    if (gap === '') while (end < text.length && isInWord(text.charAt(end))) end++
    word += text.slice(at, end)
    const from = end
    while (end < text.length && BLANK.test(text.charAt(end))) end++
    gap += text.slice(from, end)
    if (end === text.length && word.length <= MAX_WORD_LENGTH) return ['', end]
    if (word.length <= MAX_WORD_LENGTH && !isMoreThanValue(text.charAt(end))) return [await endWord(), end]
    const all = word + gap
    word = ''
    gap = ''
    return [await becomeText(all), end]
  }

  /** JSON has no word behind a word, and nothing but blanks behind one that is all of it. */
  function isMoreThanValue(next: string): boolean {
    return (gap !== '' && isInWord(next)) || (open.length === 0 && next !== '"')
  }

  async function readString(text: string, at: number): Promise<[string, number]> {
    if (escape !== '') return readEscape(text, at)
    let end = at
    while (end < text.length && text.charAt(end) !== '"' && text.charAt(end) !== '\\') end++
    let result = end > at ? await pushDecoded(text.slice(at, end)) : ''
    if (end === text.length) return [result, end]
    if (text.charAt(end) === '\\') escape = '\\'
    else {
      result += tellEnd((await literal?.end()) ?? '')
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
        const rest = (await literal?.end()) ?? ''
        literal = undefined
        // Cut short: as much of it as there is.
        return number === undefined ? quote(rest) : `"${quote(number + rest)}`
      }
      const rest = await endWord()
      return plain ? rest + (await plain.end()) : rest
    },
  }
}

function isInWord(character: string): boolean {
  return !STRUCTURE.test(character) && character !== '"'
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
