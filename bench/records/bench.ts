import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createResidualScanner, createTextEngine } from '@breakwater/deid'
import type { ResidualHit } from '@breakwater/deid'
import { AppError } from '@breakwater/kernel'
import { createTextMasker, createTokenMatcher, sampleKeyring } from '@breakwater/server/testing'
import { loadSpanishTagger, loadTagger } from '@breakwater/tagger'
import { leaveEach } from './leave.ts'
import { readSamples, type Sample } from './samples.ts'

const FENCES: Readonly<Record<string, string>> = { hl7v2: 'hl7', ccda: 'xml', x12: '' }

interface Outcome {
  /** `crossed`, or the code of the refusal. */
  readonly outcome: string
  readonly masked: string
  readonly hits: readonly (ResidualHit & { readonly text: string })[]
}

interface Tally {
  texts: number
  crossed: number
  identifiers: number
  left: number
  leakingTexts: number
  codes: number
  codesKept: number
  broken: number
  hits: number
  falseHits: number
  /** Identifiers left on purpose, one at a time, and those of them that the second detector saw. */
  leftOnPurpose: number
  seen: number
}

export const HELP = `npm run bench -- records [options]
  --data DIR       where hl7v2, ccda, x12, fhir, fhir-synthea are (../shared/data)
  --format NAME    one of them
  --rules-only     without the models
  --show           what was left, what the second detector saw and what codes went
HL7 v2, C-CDA, X12 and FHIR as text of a message, masked and looked at as the gateway does: which cross, which identifiers
their structure names are left, which codes stay. Each by itself and in a fence below a sentence.`

/** Prints a table and, last, one line of JSON. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string', default: '../shared/data' },
      format: { type: 'string' },
      'rules-only': { type: 'boolean', default: false },
      show: { type: 'boolean', default: false },
    },
  })
  const { mask, look } = createMask(values['rules-only'])
  const tallies = new Map<string, Tally>()
  for (const sample of readSamples(values.data)) {
    if (values.format !== undefined && sample.format !== values.format) continue
    for (const [form, text] of [
      ['alone', sample.text],
      [
        'in prose',
        `Please summarise this for the ward round.\n\n\`\`\`${FENCES[sample.format] ?? 'json'}\n${sample.text}\n\`\`\`\n`,
      ],
    ] as const) {
      const key = `${sample.format} ${form}`
      const tally = tallies.get(key) ?? startTally()
      tallies.set(key, tally)
      const done = await mask(text)
      if (form === 'alone') {
        const looked = look(text)
        tally.leftOnPurpose += looked.left
        tally.seen += looked.seen
      }
      count(tally, sample, form, done, values.show ? `${sample.format} ${form} ${sample.name}` : undefined)
    }
  }
  const rows = Array.from(tallies, ([texts, tally]) => ({ of: texts, ...tally }))
  console.table(rows)
  console.log(JSON.stringify({ bench: 'records', rows }))
}

function startTally(): Tally {
  return {
    texts: 0,
    crossed: 0,
    identifiers: 0,
    left: 0,
    leakingTexts: 0,
    codes: 0,
    codesKept: 0,
    broken: 0,
    hits: 0,
    falseHits: 0,
    leftOnPurpose: 0,
    seen: 0,
  }
}

/** Masks a text as a message of a request and looks at it again; what the second detector saw is told, whatever it says. */
function createMask(isRulesOnly: boolean): {
  readonly mask: (text: string) => Promise<Outcome>
  readonly look: (text: string) => { readonly left: number; readonly seen: number }
} {
  const read = (name: string): Uint8Array =>
    readFileSync(new URL(`../data/${name}`, import.meta.resolve('@breakwater/deid')))
  const models = isRulesOnly ? {} : { tagger: loadTagger() }
  const engine = createTextEngine({
    gazetteer: read('gazetteer.bin'),
    languages: { es: loadSpanishTagger() },
    ...models,
  })
  const scanner = createResidualScanner({ model: read('residual.bin') })
  let hits: Outcome['hits'][number][] = []
  const watched = {
    scan(...[scanned, written]: Parameters<typeof scanner.scan>): ResidualHit[] {
      hits.push(...scanner.scan(scanned, written).map((hit) => ({ ...hit, text: scanned })))
      return []
    },
  }
  const clock = { now: () => new Date(0) }
  const maskText = createTextMasker({ clock, engine, keyring: sampleKeyring, scanner: watched })
  const mask = async (text: string): Promise<Outcome> => {
    hits = []
    try {
      const masked = await maskText({ tenant: 'bench', id: 'bench' }, text, 'text')
      return { outcome: hits.length > 0 ? 'residual.found' : 'crossed', masked, hits }
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown
      return { outcome: thrown.code, masked: '', hits }
    }
  }
  const look = (text: string): ReturnType<typeof leaveEach> => {
    try {
      return leaveEach(text, engine.plan([text], 'gateway')[0] ?? [], scanner)
    } catch (thrown) {
      // A text that is refused whole leaves nothing: German, say.
      if (!(thrown instanceof AppError)) throw thrown
      return { left: 0, seen: 0 }
    }
  }
  return { mask, look }
}

function count(tally: Tally, sample: Sample, form: string, { outcome, masked, hits }: Outcome, show?: string): void {
  const { identifiers, codes } = sample.gold
  const plain = masked.replace(createTokenMatcher(), '\u0001')
  const values = new Map(identifiers.map((one) => [one.value, one]))
  const left = [...values.values()].filter(({ value }) => stands(plain, value, sample.format))
  const lost = [...new Set(codes)].filter((code) => !stands(masked, code, sample.format))
  const inner = form === 'alone' ? masked : (/```\w*\n([\s\S]*)\n```/.exec(masked)?.[1] ?? '')
  const isRefusedEarly = masked === ''
  tally.texts++
  tally.crossed += Number(outcome === 'crossed')
  if (!isRefusedEarly) {
    tally.identifiers += values.size
    tally.left += left.length
    tally.leakingTexts += Number(left.length > 0)
    tally.codes += new Set(codes).size
    tally.codesKept += new Set(codes).size - lost.length
    tally.broken += Number(!sample.isSame(inner))
  }
  tally.hits += hits.length
  tally.falseHits += hits.filter(
    ({ text, start, end }) => !left.some(({ value }) => touches(text, start, end, value)),
  ).length
  if (show === undefined) return
  console.log(`== ${show}: ${outcome}${isRefusedEarly || sample.isSame(inner) ? '' : ' BROKEN'}`)
  for (const { place, value } of left) console.log(`  left  ${place}  ${value}`)
  for (const code of lost) console.log(`  lost  ${code}`)
  for (const { rule, score, text, start, end } of hits)
    console.log(
      `  hit   ${rule} ${score?.toFixed(1) ?? ''} ${JSON.stringify(text.slice(Math.max(0, start - 25), start))} [${text.slice(start, end)}] ${JSON.stringify(text.slice(end, end + 20))}`,
    )
}

/** Whether a text holds a value with nothing of a word beside it; a JSON text holds it as a string does. */
function stands(text: string, value: string, format: string): boolean {
  const written = format.startsWith('fhir') ? JSON.stringify(value).slice(1, -1) : value
  for (let at = text.indexOf(written); at >= 0; at = text.indexOf(written, at + 1)) {
    if (!/[\p{L}\p{N}]/u.test(text.charAt(at - 1)) && !/[\p{L}\p{N}]/u.test(text.charAt(at + written.length)))
      return true
  }
  return false
}

function touches(text: string, start: number, end: number, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
    if (at < end && at + value.length > start) return true
  return false
}
