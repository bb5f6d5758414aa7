import { hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { ResidualHit } from '@breakwater/deid'
import { AppError, isTimeZone } from '@breakwater/kernel'
import type { DetectionScanner, Planner } from '../detection/planner.ts'
import { createSurfaceFinder } from '../mask/surfaces.ts'
import type { SurfaceFinder } from '../mask/surfaces.ts'
import { findOwnTokens } from '../tokens/token-map.ts'
import type { TokenMap } from '../tokens/token-map.ts'
import type { TextRange } from '../tokens/shape.ts'
import { ID_PLACE } from '../walk/random-id.ts'
import type { ClearedTexts } from './cleared-texts.ts'
import { findEncodedRuns } from './encoded.ts'
import type { EncodedRun } from './encoded.ts'

export interface OutgoingText {
  readonly text: string
  /** JSON pointer of declared names and indices. */
  readonly field: string
}

/** The first detector, for what an encoding hides, and the second one, which shares nothing with it. */
interface Detectors {
  readonly engine: Planner
  readonly scanner: Pick<DetectionScanner, 'scan'>
  readonly cleared?: ClearedTexts | undefined
}

/**
 * The second look at what would leave: what the second detector sees, every value that was masked, both also behind
 * percent, JSON, HTML and base64 encoding. This request's own tokens are exempt. Throws `residual.found` with the field.
 */
export async function scanResidual(detectors: Detectors, map: TokenMap, texts: readonly OutgoingText[]): Promise<void> {
  const request = describeRequest(map)
  for (const { text, field } of texts) {
    // Not remembered: in another place the same letters are looked at.
    if (ID_PLACE.test(field) && SHORT_ID.test(text) && request.finder().find(text).length === 0) continue
    if (!(await isClear(detectors, request, text)))
      throw new AppError('residual.found', { message: `${field}: an identifier was left after masking`, field })
  }
}

/** What a text is looked at for, besides what the second detector sees. */
interface RequestValues {
  readonly map: TokenMap
  /** Of its tokens: the same ones stand for the same values. */
  readonly mark: Uint8Array
  readonly finder: () => SurfaceFinder
}

function describeRequest(map: TokenMap): RequestValues {
  const mark = hash('sha256', [...map.tokens()].join(' '), 'buffer')
  let finder: SurfaceFinder | undefined
  return { map, mark, finder: () => (finder ??= createValueFinder(map)) }
}

function createValueFinder(map: TokenMap): SurfaceFinder {
  const surfaces = new Set<string>()
  for (const { class: tokenClass, surface } of map.masked()) if (tokenClass !== 'LITERAL') surfaces.add(surface)
  return createSurfaceFinder(surfaces)
}

/**
 * A text that was let go with the same tokens in the same places is looked at for new values only, and not at all where
 * the request masks the same ones as then.
 */
async function isClear(detectors: Detectors, { map, mark, finder }: RequestValues, text: string): Promise<boolean> {
  const before = detectors.cleared?.recall(text, mark)
  if (before === 'same') return true
  const tokens = findOwnTokens(map, text)
  if (before && isDeepStrictEqual(before.tokens, tokens)) {
    if (finder().find(text).length > 0) return false
    detectors.cleared?.remember(text, { mark, tokens })
    return true
  }
  if (await holdsIdentifier(detectors, text, tokens, finder())) return false
  const runs = findEncodedRuns(text).filter(
    ({ start, end }) => !tokens.some((token) => token.start <= start && token.end >= end),
  )
  if (runs.length > 0) return !(await hidesIdentifier(detectors, map, runs, finder()))
  detectors.cleared?.remember(text, { mark, tokens })
  return true
}

/** What vendors name calls, items, files and answers, alone: a model that learned from sentences knows nothing of it. */
const ID =
  /^(?:call|chatcmpl|ci|cntr|fc|file|fs|item|mcp|mcpl|mcpr|msg|req|resp|rs|srvtoolu|tool|toolu|tooluse|vs|ws)[_-][\w-]{1,128}$/
/** Nine letters and digits, as Mistral's: no word, and no number. */
const SHORT_ID = /^(?=.*\d|.+[A-Z])(?!.*\d{5})[A-Za-z0-9]{9}$/
const MODEL = 'model'
const PLACE = 'place'
/** A name of a parameter, a setting, a place in a document, a pattern: without blanks, as programs write it. */
const CODE_TEXT = /^\S{1,256}$/
/** What is in such texts and in no sentence; surnames are longer, or have no digits. */
const CODE_PART = /^(?:[A-Za-z]|[A-Z]{2}|[a-z]{1,3}\d{1,3}|[a-z]{2,5}(?:8|16|32|64|128|224|256|384|512))$/
const CODE_WORDS: ReadonlySet<string> = new Set('jpg kafka kl kubectl kwargs layers mEq oauth2 tanh tau'.split(' '))
const COLOUR = /^#(?=\d{0,7}[A-Fa-f])(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3,4})$/
/** Weaknesses on record, and bounds of whole numbers. */
const KNOWN =
  /^(?:CVE-(?:19|20)\d{2}-\d{4,7}|-?(?:2147483647|2147483648|4294967295|4294967296|9007199254740991|9223372036854775807|18446744073709551615))$/
const REACH = 64
const ZONE = /^[A-Z][A-Za-z]+(?:\/[A-Za-z_+-]+){1,2}$/

async function holdsIdentifier(
  { scanner }: Pick<Detectors, 'scanner'>,
  text: string,
  tokens: readonly TextRange[],
  finder: SurfaceFinder,
): Promise<boolean> {
  const hits = await scanner.scan(text, tokens)
  return hits.some((hit) => !isOfPrograms(text, hit)) || finder.find(text).length > 0
}

const BEFORE_WORD = /[\w/#-]{0,64}$/
const BEHIND_WORD = /^[\w/-]{0,64}/

/** The word, as programs write words, that a place is in. */
function wordAt(text: string, start: number, end: number): string {
  const [before = ''] = BEFORE_WORD.exec(text.slice(Math.max(0, start - REACH), start)) ?? []
  const [behind = ''] = BEHIND_WORD.exec(text.slice(end, end + REACH)) ?? []
  return before + text.slice(start, end) + behind
}

/** What only programs write, or a guess about an id of a vendor's or a part of a name in a program. */
function isOfPrograms(text: string, { rule, start, end }: ResidualHit): boolean {
  if (rule === PLACE) return false
  const word = wordAt(text, start, end)
  if (COLOUR.test(word) || KNOWN.test(word) || (ZONE.test(word) && isTimeZone(word))) return true
  if (rule !== MODEL) return false
  if (ID.test(text)) return true
  const part = text.slice(start, end)
  return CODE_TEXT.test(text) && (CODE_PART.test(part) || CODE_WORDS.has(part))
}

async function hidesIdentifier(
  detectors: Detectors,
  map: TokenMap,
  runs: readonly EncodedRun[],
  finder: SurfaceFinder,
): Promise<boolean> {
  const decoded = runs.map((run) => run.decoded)
  // A mark of Markdown or HTML may stand right beside a token.
  const tokens = decoded.map((view) => findOwnTokens(map, view))
  for (const [index, view] of decoded.entries())
    if (await holdsIdentifier(detectors, view, tokens[index] ?? [], finder)) return true
  try {
    const plans = await detectors.engine.plan(decoded, 'gateway')
    return plans.some((spans, index) =>
      spans.some(({ start, end }) => !(tokens[index] ?? []).some((token) => token.start <= start && token.end >= end)),
    )
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('detector.unavailable', { message: 'de-identification failed', cause })
  }
}
