/**
 * Chooses the thresholds of the tagger on a labelled split that no model was trained on, and writes `thresholds.json`
 * beside the weights, bound to these model files by their digests:
 * node --conditions=breakwater-source training/thresholds.ts --weights DIR CALIBRATE.jsonl [--cost 3] [--lowest 0.6] [--highest 0.95] [--ordinary 0.95]
 * [--least DATE=0.9 ...]
 */
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createView } from '@breakwater/deid'
import { loadScorer, TAG_GROUPS } from '@breakwater/tagger'
import { labelWords, type LabelledLine, placeWords } from './labels.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    weights: { type: 'string' },
    cost: { type: 'string', default: '3' },
    lowest: { type: 'string', default: '0.6' },
    highest: { type: 'string', default: '0.95' },
    ordinary: { type: 'string', default: '0.95' },
    least: { type: 'string', multiple: true, default: ['DATE=0.9', 'AGE=0.9'] },
    'no-pieces': { type: 'boolean', default: false },
  },
})
const [file] = positionals
if (file === undefined || values.weights === undefined) throw new Error('thresholds.ts --weights DIR CALIBRATE.jsonl')

/** What a missed word costs when a word masked for nothing costs one. */
const cost = Number(values.cost)
const [lowest, highest] = [Number(values.lowest), Number(values.highest)]
const STEPS = 100
/** Groups for which the rules are good enough that only a sure model adds something. */
const leasts: ReadonlyMap<string, number> = new Map(
  values.least.map((given) => {
    const [name = '', score] = given.split('=')
    return [name, Number(score)] as const
  }),
)
/** Groups that the law lets stay. */
const KEPT: ReadonlySet<string> = new Set(['REGION', 'YEAR'])

const scorer = loadScorer(values.weights, { withPieces: !values['no-pieces'] })
/** Words of a group by their score: how many are identifiers, how many are not. */
interface Tally {
  readonly right: Float64Array
  readonly wrong: Float64Array
}

const createTallies = (): Tally[] =>
  TAG_GROUPS.map(() => ({ right: new Float64Array(STEPS + 1), wrong: new Float64Array(STEPS + 1) }))
const [others, ordinaries] = [createTallies(), createTallies()]
for await (const row of createInterface({ input: createReadStream(file, 'utf8') })) {
  if (row === '') continue
  const line: LabelledLine = JSON.parse(row)
  const view = createView(line.text)
  const { words, reading, ordinary } = scorer.score(view.text)
  const labels = labelWords(line, placeWords(words, view))
  for (let i = 0; i < words.count; i++) {
    if (labels.known[i] === 0 || words.kind[i] === 2) continue
    const tag = labels.tags[i] ?? 0
    const isIdentifier = tag > 0 && !KEPT.has(TAG_GROUPS[(tag - 1) >> 1] ?? '')
    const tally = (ordinary[i] === 1 ? ordinaries : others)[reading.group[i] ?? 0]
    const counts = isIdentifier ? tally?.right : tally?.wrong
    const step = Math.floor(STEPS * (reading.score[i] ?? 0))
    if (counts) counts[step] = (counts[step] ?? 0) + 1
  }
}

const strong = chooseAll(others)
const chosen = {
  strong,
  ordinary: chooseAll(ordinaries, Number(values.ordinary)),
  weak: Object.fromEntries(Object.entries(strong).map(([name, score]) => [name, Math.round(score * 50) / 100])),
}

function chooseAll(tallies: readonly Tally[], least = 0): Record<string, number> {
  return Object.fromEntries(
    tallies.map((tally, group) => {
      const name = TAG_GROUPS[group] ?? ''
      return [name, Math.max(least, leasts.get(name) ?? 0, choose(tally))]
    }),
  )
}

/** The threshold at which missed words, at their cost, and words masked for nothing are fewest; the middle one of equals. */
function choose({ right, wrong }: Tally): number {
  const losses: [number, number][] = []
  for (let step = Math.round(lowest * STEPS); step <= Math.round(highest * STEPS); step++) {
    let loss = 0
    for (let i = 0; i <= STEPS; i++) loss += i < step ? cost * (right[i] ?? 0) : (wrong[i] ?? 0)
    losses.push([loss, step])
  }
  const least = Math.min(...losses.map(([loss]) => loss))
  const best = losses.filter(([loss]) => loss <= least * 1.02).map(([, step]) => step)
  return (best[best.length >> 1] ?? STEPS / 2) / STEPS
}

const meta: { models: Record<string, { sha256: string } | undefined> } = JSON.parse(
  readFileSync(join(values.weights, 'meta.json'), 'utf8'),
)
const models = [meta.models['words']?.sha256, meta.models['pieces']?.sha256].filter((digest) => digest !== undefined)
writeFileSync(join(values.weights, 'thresholds.json'), `${JSON.stringify({ models, cost, ...chosen }, null, 2)}\n`)
process.stdout.write(`${JSON.stringify({ model: scorer.id, ...chosen })}\n`)
