import { AppError } from '@breakwater/kernel'
import { isGuess } from '../detection/planner.ts'
import type { ClearTexts, Planner } from '../detection/planner.ts'
import { findEncodedRuns } from '../residual/encoded.ts'
import type { EncodedRun } from '../residual/encoded.ts'
import { findTokenForms } from './forms.ts'
import { beforeOpenToken, beforeToken, findTokenShapes, setApart } from '../tokens/shape.ts'
import type { TextRange } from '../tokens/shape.ts'
import type { GuardTally, TextStep } from './step.ts'
import type { Soon } from '../../platform/async/soon.ts'
import { whenThere } from '../../platform/async/soon.ts'

/**
 * Text before a unit that the detector sees with it, and text behind it that must be there before the unit is settled.
 * Twice as much found nothing more in notes and held streams back twice as long.
 */
const LEFT_CONTEXT = 64
const RIGHT_CONTEXT = 24
/** A unit ends at the first good place after this many characters, and at the last one before the bound. */
const MIN_UNIT = 24
const MAX_UNIT = 400

/** A letter or a digit. */
const SAYS_SOMETHING = /[\p{L}\p{N}]/u

interface Removal {
  readonly start: number
  readonly end: number
  readonly class: string
  /** Nothing but a model, or a token beside it, says so. */
  readonly isGuess: boolean
}

/** Finds what must be removed from a masked text. */
export interface FindRemovals {
  /** `isCased`: the text is a stretch of one that has capitals. */
  (text: string, isCased?: boolean): Soon<readonly Removal[]>
  /** Texts that were read from end to end, in which there was nothing, whatever was asked. */
  readonly clear?: ClearTexts | undefined
}

/** What the request says of the texts of its answer. */
export interface Asked {
  readonly isOwn: (token: string) => boolean
  /** Whether these words went out as they are: the caller has them, and masking took them for nobody's. */
  readonly wasSent: (words: string) => boolean
}

/** Not in what is asked of this request, nor in what would be asked of another. */
const NOTHING_THERE: readonly Removal[] = []
const CASED = { isCased: true }
const NOTHING: Asked = { isOwn: () => false, wasSent: () => false }

/**
 * Identifiers that the model brought: found by the engine, in clear or encoded, outside the places of tokens. Words that the
 * caller sent are none where only a guess, or the token beside them, speaks for it: next to one, any word looks like a name.
 */
export function createRemovalFinder(engine: Planner, { isOwn, wasSent }: Asked = NOTHING): FindRemovals {
  function plan(texts: readonly string[], isCased = false): Soon<Plans> {
    try {
      const plans = engine.plan(texts, 'gateway', isCased ? CASED : undefined)
      return plans instanceof Promise ? plans.catch(fail) : plans
    } catch (cause) {
      return fail(cause)
    }
  }

  function judge(text: string, found: Plans[number], runs: readonly EncodedRun[], views: Plans): readonly Removal[] {
    const plain = found.filter((span) => !isHour(span)).map((span) => ({ ...span, isGuess: isGuess(span) }))
    const hidden = runs.flatMap(({ start, end }, index): Removal[] => {
      const [first] = views[index] ?? []
      return first ? [{ start, end, class: first.class, isGuess: false }] : []
    })
    if (plain.length === 0 && hidden.length === 0) return NOTHING_THERE
    // What is left of a finding beside tokens may be the blank between two of them.
    return withoutTokens([...plain, ...hidden], findTokenForms(text, isOwn)).filter((removal) => {
      const words = text.slice(removal.start, removal.end)
      return SAYS_SOMETHING.test(words) && !(removal.isGuess && wasSent(words))
    })
  }

  const find = (text: string, isCased?: boolean): Soon<readonly Removal[]> => {
    const runs = findEncodedRuns(text)
    return whenThere(plan([setApart(text, findTokenShapes(text))], isCased), ([plain = []]) => {
      if (runs.length === 0) return judge(text, plain, runs, [])
      // Apart from the text itself: a decoded view must not lend its names to it.
      const decoded = plan(runs.map((run) => run.decoded))
      return whenThere(decoded, (views) => judge(text, plain, runs, views))
    })
  }
  return Object.assign(find, { clear: engine.clear })
}

/** An hour of the day is nobody's, and schedules are full of them; one that a date stands with is a part of it. */
function isHour({ class: phiClass, sources }: Plans[number][number]): boolean {
  return phiClass === 'TIME' && sources.every((source) => source === 'time.clock' || isGuess({ sources: [source] }))
}

type Plans = Awaited<ReturnType<Planner['plan']>>

function fail(cause: unknown): never {
  // Of the text's own, and no fault of the detector's.
  if (cause instanceof AppError && cause.code === 'language.unsupported') throw cause
  throw new AppError('detector.unavailable', { message: 'the answer could not be checked', cause })
}

/** Removals sorted, without overlaps, with the places of tokens cut out. */
function withoutTokens(removals: readonly Removal[], tokens: readonly TextRange[]): Removal[] {
  const result: Removal[] = []
  let free = 0
  for (const removal of [...removals].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const { start, end, class: phiClass } = removal
    const isGuess = removal.isGuess || tokens.some((token) => token.end > start && token.start < end)
    let at = Math.max(start, free)
    for (const token of tokens) {
      if (token.end <= at || token.start >= end) continue
      if (token.start > at) result.push({ start: at, end: token.start, class: phiClass, isGuess })
      at = token.end
    }
    if (end > at) result.push({ start: at, end, class: phiClass, isGuess })
    free = Math.max(free, end)
  }
  return result
}

/**
 * Removes what the model brought from a masked text that arrives in pieces. The text is cut into units by the text
 * alone, so a stream and a whole answer agree, and nothing leaves before `RIGHT_CONTEXT` characters behind it are known:
 * no first half of a name leaves before its second half is seen. `context` is read before the text and not put out.
 */
export function createRemover(find: FindRemovals, tally: GuardTally, context = ''): TextStep {
  // `pending` is the context already put out, then what is not: `from` is where the latter starts.
  let pending = context
  let from = context.length
  let isClear = context === ''
  const capitals = countCapitals()

  function nextUnit(isEnded: boolean): Unit | undefined {
    const cut = findCut(pending, from, isEnded)
    if (cut === undefined) return undefined
    // Half a token says nothing, and to a model it says that it may be a number.
    const window = pending.slice(0, cut + RIGHT_CONTEXT)
    return { cut, window: window.slice(0, Math.max(cut, beforeOpenToken(window))) }
  }

  function settle(isEnded: boolean): Soon<string> {
    let result = ''
    for (let unit = nextUnit(isEnded); unit; unit = nextUnit(isEnded)) {
      const found = find(unit.window, capitals.areUsual())
      if (found instanceof Promise) return settleLater(isEnded, result, unit, found)
      result += removeUnit(unit, found)
    }
    return result
  }

  async function settleLater(
    isEnded: boolean,
    before: string,
    first: Unit,
    found: Promise<readonly Removal[]>,
  ): Promise<string> {
    let result = before + removeUnit(first, await found)
    for (let unit = nextUnit(isEnded); unit; unit = nextUnit(isEnded)) {
      result += removeUnit(unit, await find(unit.window, capitals.areUsual()))
    }
    return result
  }

  /** Of a unit that was looked at: what leaves. The rest stays pending. */
  function removeUnit({ window, cut }: Unit, found: readonly Removal[]): string {
    isClear &&= found === NOTHING_THERE
    const { text, next } = removeFrom(window, cut, found)
    const keep = beforeToken(pending, Math.max(0, next - LEFT_CONTEXT))
    capitals.add(pending.slice(0, keep))
    pending = pending.slice(keep)
    from = next - keep
    return text
  }

  function removeFrom(window: string, cut: number, found: readonly Removal[]): { text: string; next: number } {
    let text = ''
    let at = from
    for (const { start, end, class: phiClass } of found) {
      if (end <= at) continue
      if (start >= cut) break
      // One that reaches past the cut waits for the next unit, unless the unit has nothing else.
      if (end > cut && start > at) return { text: text + window.slice(at, start), next: start }
      text += `${window.slice(at, Math.max(at, start))}[${phiClass}]`
      tally.removed.set(phiClass.toLowerCase(), (tally.removed.get(phiClass.toLowerCase()) ?? 0) + 1)
      at = end
    }
    return { text: text + window.slice(at, Math.max(at, cut)), next: Math.max(at, cut) }
  }

  return {
    push(text) {
      pending += text
      return settle(false)
    },
    end: () => settle(true),
    whole(text) {
      if (isClear && pending === '' && find.clear?.has(text) === true) return text
      pending += text
      return whenThere(settle(true), (settled) => {
        if (isClear) find.clear?.add(text)
        return settled
      })
    },
  }
}

// A token is no word: it has no small letter.
const WORD = /(\p{Lu}\p{Ll}+)|(?<!\p{L})\p{Ll}{2,}/gu

/**
 * Whether the text so far was typed with capitals: a stretch in the middle of its sentences may have none. The same share
 * of words as the detector asks of a whole text.
 */
function countCapitals(): { add(text: string): void; areUsual(): boolean } {
  let titles = 0
  let lowers = 0
  return {
    add(text) {
      for (const [, title] of text.matchAll(WORD)) {
        if (title === undefined) lowers++
        else titles++
      }
    },
    areUsual: () => titles > 0.02 * lowers,
  }
}

/** What is looked at together, and where in it the unit ends. */
interface Unit {
  readonly window: string
  readonly cut: number
}

/** Where the unit that starts at `from` ends; `undefined` while that is not settled. */
function findCut(text: string, from: number, isEnded: boolean): number | undefined {
  const length = text.length - from
  if (length === 0) return undefined
  const unit = text.slice(from, from + MAX_UNIT)
  const cut = lengthOfUnit(unit)
  if (cut !== undefined && length >= cut + RIGHT_CONTEXT) return from + cut
  return isEnded ? text.length : undefined
}

/** A token as it is spelled; shorter than what is known behind a cut, so that it is whole wherever a cut is looked for. */
const TOKEN = '[A-Z]{2,9}[0-9B-DF-HJ-NP-TV-XZ]{12}'
// Ends of lines, ends of sentences (a lower-case word or a digit before the stop: not `Dr.`), gaps behind plain words, tokens
// and cells of tables and before no capital but a token's.
const GOOD_END = new RegExp(
  String.raw`\n+|(?<=[a-z0-9)\]][.!?]["')]?)\s+|(?<=(?:^|\s)(?:[a-z]{2,}|${TOKEN})[,;:]?|\|) (?=[a-z0-9(|]|${TOKEN})`,
  'g',
)
const ANY_GAP = /\s+/g

/** `undefined` while more text could give a better end. */
function lengthOfUnit(unit: string): number | undefined {
  const good = firstEnd(unit, GOOD_END)
  if (good !== undefined) return good
  if (unit.length < MAX_UNIT) return undefined
  const gaps = Array.from(unit.matchAll(ANY_GAP), ({ index, 0: gap }) => index + gap.length)
  return gaps.findLast((end) => end > MIN_UNIT && end < MAX_UNIT) ?? hardEnd(unit)
}

function firstEnd(unit: string, pattern: RegExp): number | undefined {
  // All matches are blanks, so none that ends soon enough begins before the blanks at the shortest length.
  let from = Math.min(MIN_UNIT - 1, unit.length)
  while (from > 0 && isBlank(unit.charCodeAt(from - 1))) from--
  pattern.lastIndex = from
  let end: number | undefined
  while (pattern.test(unit)) {
    // A gap at the edge of what is known could grow.
    if (pattern.lastIndex < MIN_UNIT || pattern.lastIndex >= unit.length) continue
    end = pattern.lastIndex
    break
  }
  pattern.lastIndex = 0
  return end
}

const BLANK = /\s/

function isBlank(code: number): boolean {
  return code === 0x20 || BLANK.test(String.fromCharCode(code))
}

function hardEnd(unit: string): number {
  const last = unit.charCodeAt(unit.length - 1)
  return last >= 0xd800 && last <= 0xdbff ? unit.length - 1 : unit.length
}
