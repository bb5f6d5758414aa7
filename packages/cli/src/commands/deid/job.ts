import { isIdentifyingName, mergeManifests } from '@breakwater/deid'
import type { DeidentifyOptions, Manifest, ProfileName, ResidualScanner, TextEngine } from '@breakwater/deid'
import { AppError } from '@breakwater/kernel'

/** How ids of documents go out. */
export type IdPolicy = 'check' | 'keep' | 'renumber'

/** One run: every document goes through the same rules, and one manifest tells of all. */
export interface Job {
  /**
   * The released text of one document, named by its place in the input; undefined when the second detector still sees
   * an identifier in it: then it is held for review.
   */
  release(text: string, place: string): string | undefined
  /** The id to write for a document. Throws `body.key-identifies`. */
  releaseId(id: string | number): string | number
  /** Whether a name, of a file or a document, seems to hold somebody's identifier. */
  isIdentifying(name: string): boolean
  /** Documents whose other members were left out. */
  countOthers(members: number): void
  /** Places of the documents that are held. */
  held(): readonly string[]
  manifest(): Manifest
  othersLeftOut(): number
}

export interface JobOptions extends DeidentifyOptions {
  readonly engine: TextEngine
  /** For names of files and ids, which are no text that a model has learned. */
  readonly rules: TextEngine
  readonly scanner: ResidualScanner
  readonly profile: ProfileName
  readonly ids: IdPolicy
}

export function createJob({ engine, rules, scanner, profile, ids, ...options }: JobOptions): Job {
  let manifest: Manifest = { ...engine.deidentify('', profile, options).manifest, documents: 0, counts: {} }
  const held: string[] = []
  let others = 0
  let released = 0

  const known = { ...(options.known && { known: options.known }), language: options.language ?? 'auto' }
  const isIdentifying = (name: string): boolean => isIdentifyingName(rules, name, known)

  return {
    isIdentifying,
    release(text, place) {
      const done = engine.deidentify(text, profile, options)
      if (scanner.scan(done.text, done.written).length > 0) {
        held.push(place)
        return undefined
      }
      manifest = mergeManifests(manifest, done.manifest)
      return done.text
    },
    releaseId(id) {
      released++
      if (ids === 'renumber') return released
      if (ids === 'keep' || !isIdentifying(String(id))) return id
      throw new AppError('body.key-identifies', {
        message: 'the id may identify somebody; --renumber writes 1, 2, 3, --keep-ids vouches for ids',
      })
    },
    countOthers(members) {
      if (members > 0) others++
    },
    held: () => held,
    manifest: () => manifest,
    othersLeftOut: () => others,
  }
}
