/**
 * Follows a text that nobody declared as JSON through the JSON that it holds: an object or a list that is all of it, a block
 * of code, or an object in a sentence. A value put between its quotes is escaped there, or it would end the string.
 */
export interface JsonStrings {
  /** Reads on, up to where a value stands. */
  read(text: string): void
  /** A value that stands here, as it is to be spelled. */
  spell(value: string): string
}

/** `opening`: a bracket, and nothing behind it yet; `json`: outside of its strings. */
type State = 'text' | 'opening' | 'json' | 'string' | 'escape'

const OPENS = /[{[]/
const BLANK = /\s/
const OBJECT_GOES_ON = /["}]/
const LIST_GOES_ON = /["{[\]\d-]/
/** What JSON holds outside of strings: numbers, `true`, `false` and `null` among it. */
const OUTSIDE = /[\s{}[\]:,\w.+-]/

export function createJsonStrings(): JsonStrings {
  let state: State = 'text'
  let depth = 0
  let opener = ''
  let isLineStart = true

  function step(character: string): void {
    switch (state) {
      case 'text':
        readText(character)
        break
      case 'opening':
        if (BLANK.test(character)) break
        state = (opener === '{' ? OBJECT_GOES_ON : LIST_GOES_ON).test(character) ? 'json' : 'text'
        if (state === 'json') readOutside(character)
        else readText(character)
        break
      case 'json':
        readOutside(character)
        break
      case 'string':
        // A line ends no string of JSON's: it was none.
        if (character === '\\') state = 'escape'
        else if (character === '"') state = 'json'
        else if (character === '\n') state = 'text'
        break
      case 'escape':
        state = 'string'
        break
    }
    isLineStart = character === '\n' || (isLineStart && BLANK.test(character))
  }

  function readText(character: string): void {
    if (character !== '{' && !(character === '[' && isLineStart)) return
    state = 'opening'
    opener = character
    depth = 1
  }

  function readOutside(character: string): void {
    if (character === '"') state = 'string'
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') state = --depth === 0 ? 'text' : 'json'
    else if (!OUTSIDE.test(character)) state = 'text'
  }

  return {
    read(text) {
      // Most texts hold none.
      if (state === 'text' && !OPENS.test(text)) {
        const line = text.slice(text.lastIndexOf('\n') + 1)
        isLineStart = (isLineStart || line.length < text.length) && line.trim() === ''
        return
      }
      for (const character of text) step(character)
    },
    spell(value) {
      isLineStart = false
      if (state === 'opening') state = 'text'
      return state === 'string' ? JSON.stringify(value).slice(1, -1) : value
    },
  }
}
