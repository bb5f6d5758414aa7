import { describeConfirmed, isEmptyFindings, isNothingConfirmed, tallyLanguage } from '@breakwater/deid'
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
import { whenThere } from '../guard/step.ts'
import type { Soon } from '../guard/step.ts'
import { createClearedTexts } from '../residual/cleared-texts.ts'

export interface DetectionParts {
  /** Joins on this thread what was found in each text; with `canExamine`, short texts are examined here too. */
  readonly engine: Pick<TextEngine, 'readLanguages' | 'examine' | 'confirm' | 'join' | 'plan'>
  readonly canExamine: boolean
  readonly pool: Pick<WorkerPool, 'run'>
  readonly memory: FindingsMemory
  /** What detects, with versions: what was found by another set is not what this one would find. */
  readonly set: DetectionSet
}

/** Of a document, on this thread: longer ones would hold up everybody else's requests. */
const HERE_UNITS = 16_384
/** Of spans that are planned on this thread: some thousand. */
const HERE_BYTES = 65_536

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

  /**
   * What each text comes to beside the others: remembered with what these confirm, so that a text is joined again only
   * when somebody new is named in one of them.
   */
  function join(tenant: string, items: readonly Item[], found: ReadonlyMap<TextKey, Findings>): Soon<Findings[]> {
    const examined = items.map(({ key }) => found.get(key) ?? fail())
    if (examined.every(isEmptyFindings)) return examined
    const confirmed = engine.confirm(textsOf(items), examined)
    const beside = isNothingConfirmed(confirmed)
      ? 'nothing'
      : memory.keyOf(tenant, 'confirmed', describeConfirmed(confirmed))
    const joined = items.map(({ key }) => memory.get(tenant, `${key} ${beside}`))
    const missing = items.flatMap((item, index) => (joined[index] ? [] : [{ item, index }]))
    const settle = (each: readonly Findings[]): Findings[] => {
      for (const [at, { item, index }] of missing.entries()) {
        joined[index] = each[at] ?? fail()
        memory.set(tenant, `${item.key} ${beside}`, joined[index])
      }
      return joined.map((one) => one ?? fail())
    }
    const work = missing.map(({ item, index }) => ({ text: item.text, examined: examined[index] ?? fail() }))
    const units = countUnits(work)
    if (units <= HERE_UNITS) return settle(work.map(({ text, examined: own }) => engine.join(text, own, confirmed)))
    return pool.run({ kind: 'join', texts: work, confirmed }, units).then(settle)
  }

  function plan(texts: readonly string[], profile: ProfileName, joined: readonly Findings[]): Soon<PlannedSpan[][]> {
    if (joined.every(isEmptyFindings)) return texts.map(() => [])
    const bytes = joined.reduce((sum, { length }) => sum + length, 0)
    if (bytes <= HERE_BYTES) return engine.plan(texts, profile, { joined })
    return pool.run({ kind: 'plan', texts, profile, joined }, countUnits(texts.map((text) => ({ text }))))
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
      const finish = (): Soon<PlannedSpan[][]> =>
        whenThere(join(tenant, items, found), (joined) => plan(texts, profile, joined))
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

function textsOf(items: readonly Item[]): string[] {
  return items.map(({ text }) => text)
}

function countUnits(items: readonly { readonly text: string }[]): number {
  return items.reduce((sum, { text }) => sum + text.length, 0)
}

function fail(): never {
  throw new RangeError('a text was not examined')
}
