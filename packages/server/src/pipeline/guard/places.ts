import type { GuardTally } from './step.ts'

/**
 * Follows a text through the places from which a reader's program could send what stands there: URLs, targets of Markdown
 * links and images, attributes of HTML and what else it does not show. No value is put back in one of them. A target that
 * leads to another host loses its scheme and its link, so that nothing is fetched or followed that nobody reads.
 */
export interface Places {
  /** Reads on, up to where a token stands or the text ends; answers the text as it may leave. */
  read(text: string): string
  /** Whether a value put here could be sent on. */
  isGuarded(): boolean
  /** Where a link's target or an attribute's value begins and nothing of it is there yet: what ends it. */
  targetEnd(): RegExp | undefined
  /** Reads a token or a value that stands here; answers what was still held back before it. What follows an address is of it. */
  passValue(isAddress?: boolean): string
  /** What is held back when the text ends. */
  end(): string
}

/** `text`: what a person reads; then the places that are none of it. */
type Place = 'text' | 'opening' | 'target' | 'definition' | 'name' | 'tag' | 'quoted' | 'comment' | 'css'

/** What is never closed is text after all, further on than this or behind an empty line. */
const MAX_PLACE_LENGTH = 2_000
const SCHEME = /^[\s<]*[a-zA-Z][a-zA-Z0-9+.-]{0,30}:|^[\s<]*[/\\]{2}/
const OPEN_SCHEME = /^[\s<]*(?:[a-zA-Z][a-zA-Z0-9+.-]{0,30}|(?:https?:)?[/\\]{0,4})$/i
const WEB_SCHEME = /^([\s<]*)(?:https?:)?[/\\]*/i
// An address that was removed up to where a token stands is one that the token belonged to.
const URL_MARK =
  /(?:[a-z][a-z0-9+.-]*:[\\/]{2}|^\/\/|(?:mailto|tel|sms|data|javascript|file|ftp|blob):|^www\.|[a-z0-9]\.[a-z]{2,24}[/?#]|\[(?:URL|EMAIL|IP)\])$/i
const URL_MARKS = ':/\\.?#]'
const RUN_END = /[\s"'<>`|]/
/** Without one of these, all that a text goes through is lines and runs. */
const BEGINS_PLACE = /[[\]<(]/
const MAX_RUN = 64
const NAME = /[a-zA-Z0-9/!?-]/
const COMMENT = '!--'
const TARGET_ENDS = /^[)>\s]/
const QUOTE_ENDS: Readonly<Record<string, RegExp>> = { '"': /^"/, "'": /^'/ }

export function createPlaces(tally: GuardTally, isProse: boolean): Places {
  let place: Place = 'text'
  let length = 0
  let isUrl = false
  /** The end of what was read without a blank. */
  let run = ''
  let previous = ''
  let depth = 0
  let quote = ''
  /** Since a line's start: whether it opened with a bracket. */
  let isLineStart = true
  let opensDefinition = false
  let opener = ''
  let held = ''
  let name = ''

  function enter(next: Place): void {
    place = next
    length = 0
    depth = 0
  }

  function readText(character: string): string {
    if (character === '\n') {
      isLineStart = true
      opensDefinition = false
    } else if (isLineStart && character !== ' ') {
      isLineStart = false
      opensDefinition = character === '['
    }
    if (previous === ']' && (character === '(' || (character === ':' && opensDefinition))) {
      enter('opening')
      opener = character
      held = ''
      return ''
    }
    if (character === '<') {
      name = ''
      enter('name')
    } else if (character === '(' && run.toLowerCase().endsWith('url')) enter('css')
    if (RUN_END.test(character)) {
      isUrl = false
      run = ''
    } else {
      run = (run + character).slice(-MAX_RUN)
      if (!isUrl && URL_MARKS.includes(character)) isUrl = URL_MARK.test(run)
    }
    return character
  }

  /** What stands behind `](` decides whether that is a link to elsewhere. */
  function readOpening(character: string): string {
    held += character
    if (OPEN_SCHEME.test(held)) return ''
    return settleOpening()
  }

  function settleOpening(): string {
    const target = held
    held = ''
    const isElsewhere = SCHEME.test(target)
    enter(opener === '(' ? 'target' : 'definition')
    if (!isElsewhere || !isProse) return opener + follow(target)
    tally.links++
    return ` ${opener}${follow(target.replace(WEB_SCHEME, '$1'))}`
  }

  /** Characters of a place that has just been entered. */
  function follow(text: string): string {
    previous = opener
    for (const character of text) step(character)
    return text
  }

  function readTarget(character: string): void {
    if (character === '(') depth++
    else if (character === ')' && depth-- === 0) enter('text')
  }

  function readDefinition(character: string): void {
    if (/\s/.test(character) && length > 1 && !/\s/.test(previous)) enter('text')
  }

  function readName(character: string): void {
    name += character
    if (name === COMMENT) return enter('comment')
    if (character === '>') return enter('text')
    if (/\s/.test(character)) return enter(/^[/]?[a-zA-Z]/.test(name) ? 'tag' : 'text')
    if (NAME.test(character) && (name.length > 1 || /[a-zA-Z/!?]/.test(character))) return
    // An address between angle brackets, or no tag at all.
    enter('text')
    run = name
    isUrl = URL_MARKS.includes(character) && URL_MARK.test(`${name}//`)
  }

  function readTag(character: string): void {
    if (character === '>') enter('text')
    else if (character === '"' || character === "'") {
      quote = character
      enter('quoted')
    }
  }

  function step(character: string): string {
    let settled = character
    length++
    switch (place) {
      case 'text':
        settled = readText(character)
        break
      case 'opening':
        settled = readOpening(character)
        break
      case 'target':
        readTarget(character)
        break
      case 'definition':
        readDefinition(character)
        break
      case 'name':
        readName(character)
        break
      case 'tag':
        readTag(character)
        break
      case 'quoted':
        if (character === quote) enter('tag')
        break
      case 'comment':
        if (character === '>' && previous === '-') enter('text')
        break
      case 'css':
        if (character === ')') enter('text')
        break
    }
    const isLeft = length > MAX_PLACE_LENGTH || (character === '\n' && previous === '\n')
    if (isLeft && place !== 'text' && place !== 'opening') enter('text')
    previous = character
    return settled
  }

  /** Up to its last blank, the start of a text in which no place begins: what of it matters behind it is no more than this. */
  function skim(text: string): string {
    if (place !== 'text' || previous === ']' || BEGINS_PLACE.test(text)) return ''
    let end = text.length
    while (end > 0 && !endsRun(text.charCodeAt(end - 1))) end--
    if (end === 0) return ''
    const start = text.lastIndexOf('\n', end - 1) + 1
    if (start > 0) {
      isLineStart = true
      opensDefinition = false
    }
    if (isLineStart && !isBlank(text, start, end)) {
      isLineStart = false
      opensDefinition = false
    }
    isUrl = false
    run = ''
    length += end
    previous = text.charAt(end - 1)
    return text.slice(0, end)
  }

  // No getters: each object with getters of its own is a kind of its own to V8, which keeps those among the old objects, and
  // all they lead to with them.
  return {
    isGuarded() {
      return isUrl || (place !== 'text' && place !== 'name')
    },
    targetEnd() {
      if (place === 'quoted') return previous === quote ? QUOTE_ENDS[quote] : undefined
      return place === 'opening' && opener === '(' && held.trim() === '' ? TARGET_ENDS : undefined
    },
    read(text) {
      let result = skim(text)
      for (const character of result === '' ? text : text.slice(result.length)) result += step(character)
      return result
    },
    passValue(isAddress = false) {
      const settled = place === 'opening' ? settleOpening() : ''
      // It is no blank, no bracket and no mark, whatever it stands for.
      if (place === 'name') name += 'x'
      run = `${run}x`.slice(-MAX_RUN)
      isUrl ||= isAddress
      isLineStart = false
      previous = 'x'
      return settled
    },
    end: () => (place === 'opening' ? settleOpening() : ''),
  }
}

function endsRun(code: number): boolean {
  return code === 0x20 || RUN_END.test(String.fromCharCode(code))
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (text.charCodeAt(at) !== 0x20) return false
  return true
}
