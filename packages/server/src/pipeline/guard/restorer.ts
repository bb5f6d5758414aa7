import { nextPlace, readToken } from './forms.ts'
import type { TokenReading } from './forms.ts'
import type { ValueForm } from '../structured/check.ts'
import { readDateOrder, toIsoDate } from '../structured/dates.ts'
import type { DateOrder } from '../structured/dates.ts'
import { spellingsOf } from '../structured/spellings.ts'
import { createJsonStrings } from './json-strings.ts'
import { createPlaces } from './places.ts'
import type { TokenMap } from '../tokens/token-map.ts'
import type { TokenClass } from '../tokens/shape.ts'
import type { GuardTally, TextStep } from './step.ts'

/** What is known of a token of this request. */
interface KnownToken {
  readonly class: TokenClass
  readonly surface: string
  /** Whether this caller may have it put back. */
  readonly isRestorable: boolean
  /** It stands for a number of JSON: between quotation marks it is all of a value, they go too. */
  readonly isNumber: boolean
}

/** The tokens of one request, ready to be looked up; made once a request. */
export interface RestoreTable {
  find(token: string): KnownToken | undefined
  /** Nothing was masked, so nothing is put back. */
  readonly isEmpty: boolean
  /** Whether more text could make one of these tokens out of `text`. */
  canBecomeToken(text: string): boolean
  /** Some of its tokens stand for numbers of JSON. */
  readonly hasNumbers: boolean
  /** How the dates of this request are written. */
  dateOrder(): DateOrder | undefined
}

/**
 * `restorable` are the classes that the policy permits, taken before anything was forwarded. What the caller typed in the shape of a
 * token hides nothing and always goes back as typed.
 */
export function createRestoreTable(map: TokenMap, restorable: ReadonlySet<string>): RestoreTable {
  const known = new Map<string, KnownToken>()
  for (const token of map.tokens()) {
    const value = map.valueOf(token)
    if (!value) continue
    const isRestorable = value.class === 'LITERAL' || (map.keeps(value.class) && restorable.has(value.class))
    known.set(token, { ...value, isRestorable })
  }
  const sorted = [...known.keys()].sort()
  return {
    find: (token) => known.get(token),
    isEmpty: known.size === 0,
    hasNumbers: [...known.values()].some(({ isNumber }) => isNumber),
    // Most requests mask nothing.
    dateOrder: () => readDateOrder(Array.from(known.values(), ({ surface }) => surface)),
    canBecomeToken: sorted.length === 0 ? () => false : (text) => beginsAny(sorted, text),
  }
}

/** Whether a text is the start of one of these, but not one of them; sorted, none is the start of another. */
function beginsAny(sorted: readonly string[], start: string): boolean {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? '') < start) low = middle + 1
    else high = middle
  }
  const first = sorted[low]
  return first !== undefined && first.length > start.length && first.startsWith(start)
}

export interface RestorerOptions {
  /** A person reads it: links to elsewhere become text. */
  readonly isProse: boolean
  /** Goes to a program that sends it on: no value is put back anywhere in it. */
  readonly isWithheld: boolean
  /** A program follows it: the caller's own address as all of it is put back, and nothing else. */
  readonly isAddress?: boolean
  /** What its reader demands of the text (JSON Schema). */
  readonly form?: ValueForm | undefined
}

type Judged = 'restored' | 'withheld'

/** Where a token stands: what is known of the text behind it, and whether nothing stood before. */
interface Around {
  readonly rest: string
  readonly isEnded: boolean
  readonly isFirst: boolean
}

/** Shorter beginnings of a token could be anything. */
const MIN_MANGLED_LENGTH = 8
/** A host or an address could be made of a token that one of these follows. */
const HOST_GOES_ON = /^(?:\.(?:[a-z]{2}|[A-Z]{2})|@[\w[])/
const HOST_MAY_GO_ON = /^(?:\.[a-zA-Z]{0,4}|@)?$/
/** The name of a file ends so, and no host does. */
const FILE_ENDS = /^\.(?:csv|dcm|docx?|hl7|jpe?g|json|pdf|png|rtf|tiff?|txt|xlsx?|xml)(?![\w./:-])/i
/** A date goes on as a moment (RFC 3339). */
const TIME_FOLLOWS = /^T\d\d:\d\d/
const TIME_MAY_FOLLOW = /^T(?:\d(?:\d(?::\d?)?)?)?$/
/** What stands where the rest of such an address was removed. */
const REMOVED_REST = ['[URL]', '[EMAIL]', '[IP]'] as const
const MAX_REST = Math.max(...REMOVED_REST.map((rest) => rest.length))

/**
 * Puts values in the places of their tokens, in whatever form the model gave these, where this caller may read them and
 * no program sends them on. Holds back only a suffix that can still become a token or a link. What it has put back is not
 * looked at again.
 */
export function createRestorer(table: RestoreTable, tally: GuardTally, options: RestorerOptions): TextStep {
  const { isProse, isWithheld, isAddress = false, form } = options
  const places = createPlaces(tally, isProse)
  const strings = createJsonStrings()
  let held = ''
  let hasBegun = false

  /** Undefined while what follows could still forbid it. What a caller typed itself may stand anywhere. */
  function judge(
    { class: tokenClass, isRestorable }: KnownToken,
    { rest, isEnded, isFirst }: Around,
  ): Judged | undefined {
    if (tokenClass === 'LITERAL') return 'restored'
    if (!isRestorable || isWithheld) return 'withheld'
    if (isAddress) {
      if (tokenClass !== 'URL' || !isFirst || rest !== '') return 'withheld'
      return isEnded ? 'restored' : undefined
    }
    // The caller's own address as a whole target leads where the caller already was.
    const targetEnd = places.targetEnd()
    if (tokenClass === 'URL' && targetEnd) {
      if (rest === '' && !isEnded) return undefined
      return targetEnd.test(rest) ? 'restored' : 'withheld'
    }
    if (places.isGuarded()) return 'withheld'
    if (hostMayGoOn(rest) && !isEnded) return undefined
    if (tokenClass === 'DATE' && !isEnded && TIME_MAY_FOLLOW.test(rest)) return undefined
    return hostGoesOn(rest) ? 'withheld' : 'restored'
  }

  function read(text: string): string {
    if (!table.isEmpty) strings.read(text)
    return places.read(text)
  }

  /** Restores up to the last place that is settled, or to the end; keeps the rest. */
  function restore(text: string, isEnded: boolean): string {
    let result = ''
    let at = 0
    held = ''
    for (let place = nextPlace(text, 0); place < text.length; place = nextPlace(text, place)) {
      const reading = readToken(text, place)
      if (reading?.kind === 'open' && !isEnded && table.canBecomeToken(reading.token)) {
        const from = quoteBefore(text, place, at)
        held = text.slice(from)
        hasBegun ||= from > 0
        return result + read(text.slice(at, from))
      }
      const known = reading?.kind === 'whole' ? table.find(reading.token) : undefined
      if (reading?.kind !== 'whole' || known === undefined) {
        if (reading) countStranger(reading, place)
        place++
        continue
      }
      if (known.isNumber && reading.end === text.length && !isEnded) {
        const from = quoteBefore(text, place, at)
        held = text.slice(from)
        hasBegun ||= from > 0
        return result + read(text.slice(at, from))
      }
      result += read(text.slice(at, place))
      at = place
      const rest = text.slice(reading.end, reading.end + MAX_REST)
      const judged = judge(known, { rest, isEnded, isFirst: !hasBegun && place === 0 })
      if (judged === 'restored' && isWholeNumber(known, result, text.charAt(reading.end))) {
        result = result.slice(0, -1) + places.passValue() + strings.spell(known.surface)
        read('"')
        hasBegun = true
        count(known, judged)
        at = reading.end + 1
        place = at
        continue
      }
      if (judged === undefined) {
        held = text.slice(place)
        hasBegun ||= place > 0
        return result
      }
      const passed = text.slice(place, reading.end)
      result +=
        places.passValue(known.class === 'URL') +
        (judged === 'withheld' ? passed : strings.spell(formOf(known, rest, isEnded && reading.end === text.length)))
      hasBegun = true
      count(known, judged)
      at = reading.end
      place = reading.end
    }
    const from = isEnded ? text.length : quoteBefore(text, text.length, at)
    held = text.slice(Math.max(at, from))
    hasBegun ||= text !== ''
    return result + read(text.slice(at, text.length - held.length))
  }

  /** What was a number of JSON is one again where it is all of a value. */
  function isWholeNumber({ isNumber }: KnownToken, before: string, behind: string): boolean {
    return isNumber && form === undefined && strings.opensValue() && before.endsWith('"') && behind === '"'
  }

  /** Where the quotation mark before a place begins that goes with a number's token, else the place. */
  function quoteBefore(text: string, place: number, free: number): number {
    return table.hasNumbers && place > free && text.charAt(place - 1) === '"' ? place - 1 : place
  }

  /** A value that is all of a text, in the spelling that its reader demands if it has one. */
  function formOf({ class: tokenClass, surface }: KnownToken, rest: string, isAll: boolean): string {
    // The model writes a moment of ISO 8601.
    if (tokenClass === 'DATE' && TIME_FOLLOWS.test(rest)) return toIsoDate(surface, table.dateOrder()) ?? surface
    if (form === undefined || hasBegun || !isAll || form.fits(surface)) return surface
    return spellingsOf(tokenClass, surface, table.dateOrder()).find((spelling) => form.fits(spelling)) ?? surface
  }

  function count({ class: tokenClass }: KnownToken, judged: 'withheld' | 'restored'): void {
    const counts = judged === 'restored' ? tally.restored : tally.withheld
    const name = tokenClass.toLowerCase()
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }

  function countStranger(reading: TokenReading, place: number): void {
    // With a blank behind its word it may be anything.
    if (reading.kind === 'whole') tally.unknown += reading.end - place === reading.token.length ? 1 : 0
    else if (reading.token.length >= MIN_MANGLED_LENGTH && table.canBecomeToken(reading.token)) tally.mangled++
  }

  return {
    push: (text) => restore(held + text, false),
    end: () => restore(held, true) + places.end(),
  }
}

function hostGoesOn(rest: string): boolean {
  if (FILE_ENDS.test(rest)) return false
  return HOST_GOES_ON.test(rest) || REMOVED_REST.some((removed) => rest.startsWith(removed))
}

function hostMayGoOn(rest: string): boolean {
  return HOST_MAY_GO_ON.test(rest) || REMOVED_REST.some((removed) => removed.startsWith(rest))
}
