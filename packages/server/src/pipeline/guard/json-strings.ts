/**
 * Follows a text that nobody declared as JSON through the JSON that it holds: an object or a list that is all of it, a block
 * of code, or an object in a sentence. A value put between its quotes is escaped there, or it would end the string.
 */
export interface JsonStrings {
  /** Reads on, up to where a value stands. */
  read(text: string): void
  /** A value that stands here, as it is to be spelled. */
  spell(value: string): string
  /** A string begins here that is the value of a member or stands in a list, and nothing of it was read yet. */
  opensValue(): boolean
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
  /** The brackets around, the innermost one last. */
  let open = ''
  /** What JSON has before what is read next. */
  let before = ''
  let opensValue = false
  let opener = ''
  let isLineStart = true

  function step(character: string): void {
    opensValue = false
    switch (state) {
      case 'text':
        readText(character)
        break
      case 'opening':
        if (BLANK.test(character)) break
        state = (opener === '{' ? OBJECT_GOES_ON : LIST_GOES_ON).test(character) ? 'json' : 'text'
        if (state === 'json') {
          open = opener
          before = opener
          readOutside(character)
        } else readText(character)
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
    open = ''
  }

  function readOutside(character: string): void {
    if (character === '"') {
      state = 'string'
      opensValue = before === ':' || (open.endsWith('[') && (before === '[' || before === ','))
    } else if (character === '{' || character === '[') open += character
    else if (character === '}' || character === ']') {
      open = open.slice(0, -1)
      state = open === '' ? 'text' : 'json'
    } else if (!OUTSIDE.test(character)) state = 'text'
    if (!BLANK.test(character)) before = character
  }

  return {
    opensValue() {
      return opensValue
    },
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
      opensValue = false
      if (state === 'opening') state = 'text'
      return state === 'string' ? JSON.stringify(value).slice(1, -1) : value
    },
  }
}
