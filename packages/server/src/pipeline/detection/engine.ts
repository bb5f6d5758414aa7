import { isEmptyFindings, tallyLanguage } from '@breakwater/deid'
import type {
  Findings,
  KnownPatient,
  Language,
  PlannedSpan,
  ProfileName,
  ResidualScanner,
  TextEngine,
} from '@breakwater/deid'
import { canonicalJson } from '@breakwater/kernel'
import type { FindingsMemory, TextKey } from './findings-memory.ts'
import type { DetectionSet } from './jobs.ts'
import type { DetectionEngine, DetectionRequest, DetectionScanner } from './planner.ts'
import type { WorkerPool } from './pool.ts'
import { createClearedTexts } from '../residual/cleared-texts.ts'

export interface DetectionParts {
  /** Joins on this thread what was found in each text; with `canExamine`, short texts are examined here too. */
  readonly engine: Pick<TextEngine, 'readLanguages' | 'examine' | 'plan'>
  readonly canExamine: boolean
  readonly pool: Pick<WorkerPool, 'run'>
  readonly memory: FindingsMemory
  /** What detects, with versions: what was found by another set is not what this one would find. */
  readonly set: DetectionSet
}

/** Of a document, on this thread: longer ones would hold up everybody else's requests. */
const HERE_UNITS = 16_384

/** One text of a document. */
interface Item {
  readonly text: string
  readonly key: TextKey
  readonly language: Language
}

/**
 * The text engine for crossings. What is found in a text by itself is remembered, so a conversation costs its last
 * message; texts not seen before, and long documents, are read by other threads. Equal to the engine at once, whatever
 * is remembered and wherever it is read (engine.test.ts).
 */
export function createDetectionEngine(parts: DetectionParts): DetectionEngine {
  const { engine, canExamine, pool, memory, set } = parts
  const setName = canonicalJson({ ...set })

  /** What tells the language of each text is remembered too: it takes as long as reading the rest anew. */
  function readLanguages(tenant: string, keys: readonly TextKey[], texts: readonly string[]): Language[] {
    const tallies = texts.map((text, index) => {
      const key = `${keys[index]} language`
      const known = memory.get(tenant, key)
      if (known) return known
      const tally = tallyLanguage(text)
      memory.set(tenant, key, tally)
      return tally
    })
    return engine.readLanguages(texts, {}, tallies)
  }

  function takeApart(tenant: string, known: readonly KnownPatient[], texts: readonly string[]): Item[] {
    const context = known.length === 0 ? setName : `${setName}${JSON.stringify(known)}`
    const keys = texts.map((text) => memory.keyOf(tenant, context, text))
    const languages = readLanguages(tenant, keys, texts)
    return texts.map((text, index) => {
      const language = languages[index] ?? 'en'
      return { text, key: `${keys[index]} ${language}`, language }
    })
  }

  async function examine(missing: readonly Item[], known: readonly KnownPatient[]): Promise<readonly Findings[]> {
    const units = countUnits(missing)
    if (canExamine && units <= HERE_UNITS) return missing.map((item) => examineHere(item, known))
    const texts = missing.map(({ text, language }) => ({ text, language }))
    return pool.run({ kind: 'examine', texts, known }, units)
  }

  function examineHere({ text, language }: Item, known: readonly KnownPatient[]): Findings {
    return engine.examine(text, language, { known })
  }

  function join(
    texts: readonly string[],
    profile: ProfileName,
    examined: readonly Findings[],
  ): PlannedSpan[][] | Promise<PlannedSpan[][]> {
    if (examined.every(isEmptyFindings)) return texts.map(() => [])
    const units = texts.reduce((sum, { length }) => sum + length, 0)
    if (units <= HERE_UNITS) return engine.plan(texts, profile, { examined })
    return pool.run({ kind: 'plan', texts, profile, examined }, units)
  }

  return {
    set,
    plan(texts, profile, { tenant = '', known = [] }: DetectionRequest = {}) {
      const items = takeApart(tenant, known, texts)
      const found = new Map<TextKey, Findings>()
      const missing = new Map<TextKey, Item>()
      for (const item of items) {
        if (found.has(item.key) || missing.has(item.key)) continue
        const remembered = memory.get(tenant, item.key)
        if (remembered) found.set(item.key, remembered)
        else missing.set(item.key, item)
      }
      const finish = (): PlannedSpan[][] | Promise<PlannedSpan[][]> =>
        join(
          texts,
          profile,
          items.map(({ key }) => found.get(key) ?? fail()),
        )
      if (missing.size === 0) return finish()
      return examine([...missing.values()], known).then((examined) => {
        for (const [index, key] of [...missing.keys()].entries()) {
          const findings = examined[index] ?? fail()
          found.set(key, findings)
          memory.set(tenant, key, findings)
        }
        return finish()
      })
    },
  }
}

/** The second detector: on this thread for what is short, on another one for what is long. */
export function createDetectionScanner(
  scanner: ResidualScanner,
  pool: Pick<WorkerPool, 'run'>,
  memory: FindingsMemory,
): DetectionScanner {
  return {
    clearedOf: (tenant) => createClearedTexts(memory, tenant),
    scan(text, written = []) {
      if (text.length <= HERE_UNITS) return scanner.scan(text, written)
      return pool.run({ kind: 'scan', text, written: written.map(({ start, end }) => ({ start, end })) }, text.length)
    },
  }
}

function countUnits(items: readonly Item[]): number {
  return items.reduce((sum, { text }) => sum + text.length, 0)
}

function fail(): never {
  throw new RangeError('a text was not examined')
}
