import { AppError } from '@breakwater/kernel'
import { WORD_FEATURES } from '../features/columns.ts'
import { PIECE_LISTS, PIECE_SHAPES } from '../piece/align.ts'
import { NAME_ROLES, TAG_GROUPS, TAGS } from '../tags.ts'

export interface ModelFile {
  readonly file: string
  readonly sha256: string
}

/** `meta.json` of a folder of weights, as far as the tagger reads it: training/EXPORT.md. */
export interface Meta {
  readonly version: number
  /** SHA-256 of the packed dictionaries that the models were trained with. */
  readonly gazetteer: string
  readonly words: ModelFile
  readonly pieces?: ModelFile & { readonly window: number }
}

/** From which score on a word belongs to an identifier, by group of tags; made for the model files with these digests. */
export interface Thresholds {
  /** A span that decides by itself. */
  readonly strong: readonly number[]
  /** The same for a span of words that the lists call ordinary and no name. */
  readonly ordinary: readonly number[]
  /** A span that needs a second witness, and what a strong one grows over. */
  readonly weak: readonly number[]
}

const DIGEST = /^[0-9a-f]{64}$/

function refuse(message: string): never {
  throw new AppError('detector.unavailable', { message })
}

function readObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) refuse(`The weights of the tagger lack ${what}.`)
  return { ...value }
}

function parse(bytes: Uint8Array, what: string): Readonly<Record<string, unknown>> {
  try {
    return readObject(JSON.parse(new TextDecoder().decode(bytes)), what)
  } catch {
    return refuse(`The weights of the tagger lack ${what}.`)
  }
}

/** Reads and checks `meta.json`: models that were trained for other tags, roles or columns are refused. */
export function readMeta(bytes: Uint8Array): Meta {
  const meta = parse(bytes, 'meta.json')
  const models = readObject(meta['models'], 'models')
  const words = readObject(models['words'], 'the word model')
  requireSame(meta['tags'], TAGS, 'tags')
  requireSame(meta['roles'], NAME_ROLES, 'roles')
  requireSame(words['features'], WORD_FEATURES, 'columns')
  const pieces = models['pieces'] === undefined ? undefined : readObject(models['pieces'], 'the piece model')
  if (pieces) {
    requireSame(pieces['shapeSize'], PIECE_SHAPES, 'shapes')
    requireSame(pieces['gazSize'], PIECE_LISTS, 'lists')
  }
  const { version, gazetteer } = meta
  if (typeof gazetteer !== 'string' || !DIGEST.test(gazetteer))
    refuse('The weights of the tagger name no dictionaries.')
  return {
    version: typeof version === 'number' ? version : refuse('The weights of the tagger have no version.'),
    gazetteer,
    words: readFile(words),
    ...(pieces && { pieces: { ...readFile(pieces), window: readWindow(pieces['window']) } }),
  }
}

function requireSame(found: unknown, wanted: unknown, what: string): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) refuse(`The weights were trained for other ${what}.`)
}

function readFile(model: Readonly<Record<string, unknown>>): ModelFile {
  const { file, sha256 } = model
  if (typeof file !== 'string' || !/^[a-z0-9.-]+$/.test(file)) refuse('A model of the tagger has no file.')
  if (typeof sha256 !== 'string' || !DIGEST.test(sha256)) refuse('A model of the tagger has no digest.')
  return { file, sha256 }
}

function readWindow(window: unknown): number {
  if (typeof window !== 'number' || !Number.isInteger(window) || window < 16 || window > 512)
    refuse('The piece model has no window.')
  return window
}

/** Reads `thresholds.json`: three thresholds for every group, made for exactly these models. */
export function readThresholds(bytes: Uint8Array, meta: Meta): Thresholds {
  const found = parse(bytes, 'thresholds.json')
  const models = [meta.words.sha256, ...(meta.pieces ? [meta.pieces.sha256] : [])]
  if (JSON.stringify(found['models']) !== JSON.stringify(models)) refuse('The thresholds are those of other models.')
  const strong = readScores(found['strong'])
  const ordinary = readScores(found['ordinary'])
  const weak = readScores(found['weak'])
  if (strong.some((score, i) => score < (weak[i] ?? 1))) refuse('A weak threshold lies above the strong one.')
  return { strong, ordinary, weak }
}

function readScores(value: unknown): number[] {
  const scores = readObject(value, 'thresholds')
  return TAG_GROUPS.map((group) => {
    const score = scores[group]
    if (typeof score !== 'number' || !(score > 0 && score <= 1)) refuse(`The group ${group} has no threshold.`)
    return score
  })
}
