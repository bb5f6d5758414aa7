import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DATE_FORMATS, TIME_FORMATS } from './dates.ts'
import { generateDocument } from './generate.ts'
import { ID_FORMATS } from './identifiers.ts'
import { createSource } from './source.ts'
import { SPLITS } from './split.ts'
import { dealPools, isLayout, readTemplates, templateId } from './templates.ts'

/** The test that figures are published on: this seed and these numbers of documents. */
const TEST_SEED = 'frozen-1'
const TEST_COUNT = 16_000
const GLANCE_COUNT = 1_000
const CARRIER_COUNT = 4_000

/** The committed fingerprint of what the test is made of, written before the first training run. */
export interface Frozen {
  readonly seed: string
  readonly documents: number
  /** SHA-256 of the test in this folder's templates: all of it, and of its first thousand documents. */
  readonly test: string
  readonly testGlance: string
  /** The same with the carriers of a data folder: its first 4,000 documents. */
  readonly testWithCarriers: string
  /** Per split, how many templates and the SHA-256 of their sorted ids. */
  readonly templates: Readonly<Record<string, { readonly count: number; readonly sha256: string }>>
  readonly formats: { readonly seen: readonly string[]; readonly heldOut: readonly string[] }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** SHA-256 of the lines of the test. */
function hashTest(count: number, data?: string): string {
  const source = createSource('test', TEST_SEED, data)
  const hash = createHash('sha256')
  for (let i = 0; i < count; i++) hash.update(`${JSON.stringify(generateDocument(source, i))}\n`)
  return hash.digest('hex')
}

export const hashGlance = (): string => hashTest(GLANCE_COUNT)

/** Ids of templates with words of their own, by split. */
export function templateIds(): Readonly<Record<string, readonly string[]>> {
  const sources = readTemplates()
  const forTraining = readTemplates('templates/train/')
  const layouts = new Set([...sources.values(), ...forTraining.values()].flat().filter(isLayout).map(templateId))
  const pools = dealPools(sources, forTraining)
  return Object.fromEntries(
    SPLITS.map((split) => [
      split,
      [...pools[split].values()]
        .flatMap((templates) => templates.map(({ id }) => id))
        .filter((id) => !layouts.has(id))
        .toSorted(),
    ]),
  )
}

/** Every format of a date, time or identifier that has one held out from training, or not. */
export function formatIds(): Frozen['formats'] {
  const all = [...DATE_FORMATS, ...TIME_FORMATS, ...[...ID_FORMATS.values()].flat()]
  const pick = (isHeldOut: boolean): string[] =>
    all
      .filter((format) => format.isHeldOut === isHeldOut && format.isForTraining !== true)
      .map(({ id }) => id)
      .toSorted()
  return { seen: pick(false), heldOut: pick(true) }
}

export function freeze(data?: string): Frozen {
  return {
    seed: TEST_SEED,
    documents: TEST_COUNT,
    test: hashTest(TEST_COUNT),
    testGlance: hashGlance(),
    testWithCarriers: data === undefined ? readFrozen().testWithCarriers : hashTest(CARRIER_COUNT, data),
    templates: Object.fromEntries(
      Object.entries(templateIds()).map(([split, ids]) => [
        split,
        { count: ids.length, sha256: sha256(ids.join('\n')) },
      ]),
    ),
    formats: formatIds(),
  }
}

export const readFrozen = (): Frozen =>
  JSON.parse(readFileSync(new URL('frozen.json', import.meta.url), 'utf8')) as Frozen
