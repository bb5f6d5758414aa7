import type { Role, TaggedSpan } from '@breakwater/deid'
import { AppError } from '@breakwater/kernel'
import { KIND, GAP, type Words } from '../features/words.ts'
import type { Scores } from '../model/model.ts'
import type { Thresholds } from '../model/meta.ts'
import { classOf, NAME_ROLES, TAG_GROUPS, TAGS } from '../tags.ts'

const WIDTH = TAGS.length
const ROLES = NAME_ROLES.length
const NAME = TAG_GROUPS.indexOf('NAME')
/** Groups that the law lets stay: no evidence that something must go. */
const KEPT = [TAG_GROUPS.indexOf('REGION'), TAG_GROUPS.indexOf('YEAR')] as const

/** What each word is taken for. */
export interface Reading {
  /** One minus the probability that it is nothing or kept by law. */
  readonly score: Float32Array
  /** The likeliest group among identifiers. */
  readonly group: Uint8Array
  /** 1 where it rather begins an identifier than goes one on. */
  readonly begins: Uint8Array
}

/** Throws `detector.unavailable` when a model answers with something else than probabilities. */
export function readScores({ tags }: Scores, count: number): Reading {
  const reading = { score: new Float32Array(count), group: new Uint8Array(count), begins: new Uint8Array(count) }
  for (let i = 0; i < count; i++) {
    const row = i * WIDTH
    let [best, bestScore, identifiers] = [0, -1, 0]
    for (let group = 0; group < TAG_GROUPS.length; group++) {
      if (group === KEPT[0] || group === KEPT[1]) continue
      const score = (tags[row + 1 + 2 * group] ?? 0) + (tags[row + 2 + 2 * group] ?? 0)
      identifiers += score
      if (score > bestScore) {
        best = group
        bestScore = score
      }
    }
    if (!(identifiers >= 0 && identifiers < 1.01))
      throw new AppError('detector.unavailable', { message: 'A model of the tagger answered with no probabilities.' })
    reading.score[i] = Math.min(1, identifiers)
    reading.group[i] = best
    reading.begins[i] = (tags[row + 1 + 2 * best] ?? 0) > (tags[row + 2 + 2 * best] ?? 0) ? 1 : 0
  }
  return reading
}

const DETERMINERS: ReadonlySet<string> = new Set('the our a an this that my his her their your'.split(' '))
const LONGEST_DETERMINER = 5

const NONE = 0
const FAINT = 1
const WEAK = 2
const STRONG = 3
/** Of a weak threshold of names: below it a model says nothing. A faint span counts only where its place says name. */
const FAINT_SHARE = 0.08

/**
 * Makes spans of what the words are taken for: words over their group's threshold, the weaker ones that such a span
 * grows over, marks between two of its words; a span begins where the group changes or the model says so after
 * white space. What stays weak is told as such. `ordinary` marks the words that need more (`markOrdinary`).
 */
export function decode(
  words: Words,
  reading: Reading,
  { roles }: Scores,
  thresholds: Thresholds,
  ordinary: Uint8Array = new Uint8Array(words.count),
): TaggedSpan[] {
  const { count } = words
  const level = new Uint8Array(count)
  const group = Uint8Array.from(reading.group)
  for (let i = 0; i < count; i++) {
    const score = reading.score[i] ?? 0
    const strong = ordinary[i] === 1 ? thresholds.ordinary : thresholds.strong
    if (score >= (strong[group[i] ?? 0] ?? 1)) level[i] = STRONG
    else if (score >= (thresholds.weak[group[i] ?? 0] ?? 1)) level[i] = WEAK
    else if (group[i] === NAME && score >= FAINT_SHARE * (thresholds.weak[NAME] ?? 1)) level[i] = FAINT
  }
  bridgeMarks(words, level, group)
  const spans: TaggedSpan[] = []
  for (let from = 0; from < count; ) {
    if (level[from] === NONE) {
      from++
      continue
    }
    let to = from + 1
    // A faint word is a span by itself: nothing stronger grows over it.
    const goesOn = (i: number): boolean =>
      level[i] !== NONE && level[i] !== FAINT && group[i] === group[from] && !startsAnew(words, reading, i)
    while (level[from] !== FAINT && to < count && goesOn(to)) to++
    const span = makeSpan(words, reading, roles, level, from, to)
    if (span) spans.push(span)
    from = to
  }
  return spans
}

/** "03/12", "Smith-Jones": a mark that stands close between two words of one group belongs to them. */
function bridgeMarks(words: Words, level: Uint8Array, group: Uint8Array): void {
  for (let i = 1; i + 1 < words.count; i++) {
    if (words.kind[i] !== KIND.other || group[i - 1] !== group[i + 1]) continue
    const isClose = words.gap[i] === GAP.none && words.gap[i + 1] === GAP.none
    if (!isClose || (level[i - 1] ?? 0) < WEAK || (level[i + 1] ?? 0) < WEAK) continue
    level[i] = Math.max(level[i] ?? 0, Math.min(level[i - 1] ?? 0, level[i + 1] ?? 0))
    group[i] = group[i - 1] ?? 0
  }
}

function startsAnew(words: Words, reading: Reading, i: number): boolean {
  return reading.begins[i] === 1 && words.gap[i] !== GAP.none
}

/** The span of the words `[from, to)` without marks at its ends; none when only marks are left. */
function makeSpan(
  words: Words,
  reading: Reading,
  roles: Float32Array,
  level: Uint8Array,
  from: number,
  to: number,
): TaggedSpan | undefined {
  while (from < to && (words.kind[from] === KIND.other || isDeterminer(words, from))) from++
  while (to > from && words.kind[to - 1] === KIND.other) to--
  if (from === to) return undefined
  let [score, strongest] = [0, NONE]
  for (let i = from; i < to; i++) {
    score = Math.max(score, reading.score[i] ?? 0)
    strongest = Math.max(strongest, level[i] ?? 0)
  }
  const group = reading.group[from] ?? 0
  return {
    start: words.start[from] ?? 0,
    end: words.end[to - 1] ?? 0,
    class: classOf(group),
    role: group === NAME ? roleOf(roles, from, to) : 'unknown',
    score,
    ...(strongest === STRONG ? {} : { isWeak: true }),
    ...(strongest === FAINT && { isFaint: true }),
  }
}

/** "the Lakeside Clinic", "our office": the corpus and the model may take them in, but they tell nothing. */
function isDeterminer({ text, start, end }: Words, i: number): boolean {
  const [from, to] = [start[i] ?? 0, end[i] ?? 0]
  return to - from <= LONGEST_DETERMINER && DETERMINERS.has(text.slice(from, to))
}

/** The role that the words of a name together make likeliest. */
function roleOf(roles: Float32Array, from: number, to: number): Role {
  let [best, bestSum] = [0, -1]
  for (let role = 0; role < ROLES; role++) {
    let sum = 0
    for (let i = from; i < to; i++) sum += roles[i * ROLES + role] ?? 0
    if (sum > bestSum) [best, bestSum] = [role, sum]
  }
  return NAME_ROLES[best] ?? 'unknown'
}
