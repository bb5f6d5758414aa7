/** Chooses the thresholds of learnt weights, and says how good they are, on texts that did not train. */
import { createResidualScanner } from '@breakwater/deid'
import { packResidualModel, type ResidualThresholds } from '@breakwater/deid/residual-training'
import { createRandom } from './corpus/random.ts'
import { release, type Release } from './residual-release.ts'
import type { Made, ResidualTexts } from './residual-texts.ts'

/** Of clean texts of each kind that may be stopped where the thresholds are chosen: what is promised. */
const FALSE_ALARMS = { documents: 0.02, ordinary: 0.02, records: 0.03 } as const
/** Added where a record says what stands where: vendors have fields that no template has, and a hit is a refused message. */
const RECORD_MARGIN = 1.5
const LEFT = 0.25
const NEVER = 1e6
const ALWAYS = -1e6
/** What lists and models of the first detector find, and what its patterns do. */
const NAMED: ReadonlySet<string> = new Set(['NAME', 'INITIALS', 'CITY', 'COUNTY', 'FACILITY', 'EMPLOYER', 'STREET'])

interface Scores {
  /** A shape or a place stops the text whatever the thresholds are. */
  readonly isStopped: boolean
  readonly text: number
  readonly record: number
}

export interface Judgement {
  /** Of texts with something left, by what is left. */
  readonly stopped: Readonly<Record<string, number>>
  /** Of clean texts that no shape stops, by kind. */
  readonly refused: Readonly<Record<string, number>>
}

/** A part's releases, clean and not. */
interface Releases {
  readonly clean: Readonly<Record<keyof typeof FALSE_ALARMS, readonly Release[]>>
  readonly leaking: Readonly<Record<string, readonly Release[]>>
}

/** Releases so many texts of each kind. */
export function releaseAll(texts: ResidualTexts, count: number, seed: string): Releases {
  const random = createRandom(`residual/release/${seed}`)
  const make = (text: (number: number) => Made, left: number, mayBeLeft?: (phiClass: string) => boolean): Release[] =>
    Array.from({ length: count }, (_, i) => release(text(i), random, left, mayBeLeft))
  const isNamed = (phiClass: string): boolean => NAMED.has(phiClass)
  const leaking = (text: (number: number) => Made, mayBeLeft?: (phiClass: string) => boolean): Release[] =>
    make(text, LEFT, mayBeLeft).filter(({ leaks }) => leaks.length > 0)
  return {
    clean: {
      documents: make(texts.document, 0),
      ordinary: make((i) => texts.ordinary(i, true), 0),
      records: make(texts.record, 0),
    },
    leaking: {
      names: leaking(texts.document, isNamed),
      others: leaking(texts.document, (phiClass) => !isNamed(phiClass)),
      records: leaking(texts.record),
      ordinary: leaking((i) => texts.ordinary(i, false)),
    },
  }
}

/** Scores each text as the scanner does, once for words of plain text and once for those of records. */
function scoreAll(weights: Float32Array, releases: readonly Release[]): Scores[] {
  const scannerOf = (thresholds: ResidualThresholds) =>
    createResidualScanner({ model: packResidualModel(weights, thresholds) })
  const [text, record] = [scannerOf({ text: ALWAYS, record: NEVER }), scannerOf({ text: NEVER, record: ALWAYS })]
  return releases.map((one) => {
    const hits = text.scan(one.text, one.written)
    const most = (found: typeof hits): number =>
      found.reduce((top, { score }) => Math.max(top, score ?? ALWAYS), ALWAYS)
    return {
      isStopped: hits.some(({ rule }) => rule !== 'model'),
      text: most(hits),
      record: most(record.scan(one.text, one.written)),
    }
  })
}

/** The lowest thresholds that stop no more of each kind of clean text than may be. */
export function chooseThresholds(weights: Float32Array, { clean }: Releases): ResidualThresholds {
  const lowest = (kind: keyof typeof FALSE_ALARMS, of: (scores: Scores) => number): number => {
    const scores = scoreAll(weights, clean[kind])
      .flatMap((scores) => (scores.isStopped ? [] : [of(scores)]))
      .toSorted((a, b) => b - a)
    return scores[Math.floor(scores.length * FALSE_ALARMS[kind])] ?? NEVER
  }
  const text = Math.max(
    0,
    lowest('documents', (scores) => scores.text),
    lowest('ordinary', (scores) => scores.text),
  )
  const record = Math.max(
    lowest('records', (scores) => scores.record),
    lowest('ordinary', (scores) => scores.record),
  )
  return { text, record: Math.max(text + RECORD_MARGIN, record) }
}

/** What weights and thresholds do on a part. */
export function judge(weights: Float32Array, thresholds: ResidualThresholds, { clean, leaking }: Releases): Judgement {
  const isHit = ({ text, record }: Scores): boolean => text >= thresholds.text || record >= thresholds.record
  const each = (of: Readonly<Record<string, readonly Release[]>>, share: (scores: readonly Scores[]) => number) =>
    Object.fromEntries(Object.entries(of).map(([kind, releases]) => [kind, share(scoreAll(weights, releases))]))
  return {
    stopped: each(leaking, (all) => all.filter((scores) => scores.isStopped || isHit(scores)).length / all.length),
    refused: each(clean, (all) => {
      const open = all.filter(({ isStopped }) => !isStopped)
      return open.filter(isHit).length / open.length
    }),
  }
}
