import {
  describeConfirmed,
  isEmptyFindings,
  isNothingConfirmed,
  listConfirmations,
  tallyLanguage,
} from '@breakwater/deid'
import type {
  Confirmation,
  Confirmed,
  Findings,
  KnownPatient,
  Language,
  PlannedSpan,
  ProfileName,
  ResidualScanner,
  Span,
  TextEngine,
} from '@breakwater/deid'
import { canonicalJson } from '@breakwater/kernel'
import type { FindingsMemory, TextKey } from './findings-memory.ts'
import type { DetectionSet } from './jobs.ts'
import type { DetectionEngine, DetectionRequest, DetectionScanner } from './planner.ts'
import type { WorkerPool } from './pool.ts'
import { createSpanCodec } from './span-codec.ts'
import { whenThere } from '../../platform/async/soon.ts'
import type { Soon } from '../../platform/async/soon.ts'
import { createClearedTexts } from '../residual/cleared-texts.ts'

export interface DetectionParts {
  /** Joins on this thread what was found in each text; with `canExamine`, short texts are examined here too. */
  readonly engine: Pick<TextEngine, 'readLanguages' | 'examine' | 'examineAlone' | 'confirm' | 'join' | 'plan'>
  readonly canExamine: boolean
  readonly pool: Pick<WorkerPool, 'run'>
  readonly memory: FindingsMemory
  /** What detects, with versions: what was found by another set is not what this one would find. */
  readonly set: DetectionSet
}

/** Of a document, on this thread: longer ones would hold up everybody else's requests. */
const HERE_UNITS = 16_384
/** No tenant's name ends so: a tenant has a part of the memory for requests and one for answers. */
const OF_ANSWERS = ' answers'
/** Planned on this thread. */
const HERE_SPANS = 2_000
const NOTHING: ReadonlyMap<TextKey, Findings> = new Map()

/** One text of a document. */
interface Item {
  readonly text: string
  readonly key: TextKey
  readonly language: Language
}

/** Whose document it is, and about whom. */
interface Asker {
  readonly tenant: string
  readonly known: readonly KnownPatient[]
  readonly isCased: boolean
}

/**
 * The text engine for crossings. What is found in a text by itself is remembered, so a conversation costs its last
 * message; texts not seen before, and long documents, are read by other threads. Equal to the engine at once, whatever
 * is remembered and wherever it is read (engine.test.ts).
 */
export function createDetectionEngine(parts: DetectionParts): DetectionEngine {
  const { engine, canExamine, pool, memory, set } = parts
  const setName = canonicalJson({ ...set })
  const casedName = `${setName} cased`
  const codec = createSpanCodec()

  /** What tells the language of each text is remembered too: it takes as long as reading the rest anew. */
  function readLanguages(tenant: string, keys: readonly TextKey[], texts: readonly string[]): Language[] {
    const tallies = texts.map((text, index) => {
      const key = `${keys[index]} language`
      const known = memory.get(tenant, key, copy)
      if (known) return known
      const tally = tallyLanguage(text)
      memory.set(tenant, key, tally)
      return tally
    })
    return engine.readLanguages(texts, {}, tallies)
  }

  function takeApart(tenant: string, texts: readonly string[], keys: readonly TextKey[]): Item[] {
    const languages = readLanguages(tenant, keys, texts)
    return texts.map((text, index) => {
      const language = languages[index] ?? 'en'
      return { text, key: `${keys[index]} ${language}`, language }
    })
  }

  function examine(missing: readonly Item[], { known, isCased }: Asker): Soon<readonly Findings[]> {
    const units = countUnits(missing)
    if (canExamine && units <= HERE_UNITS)
      return missing.map((item) => engine.examine(item.text, item.language, { known, isCased }))
    const texts = missing.map(({ text, language }) => ({ text, language }))
    return pool.run({ kind: 'examine', texts, known, isCased }, units)
  }

  /** Examines these, the texts of one document, as far as they are unknown: what is found is remembered. */
  function examineAll(asker: Asker, items: readonly Item[]): Soon<ReadonlyMap<TextKey, Findings>> {
    const missing = new Map(items.map((item) => [item.key, item]))
    return whenThere(examine([...missing.values()], asker), (examined) => {
      const found = new Map<TextKey, Findings>()
      for (const [index, key] of [...missing.keys()].entries()) {
        const findings = examined[index] ?? fail()
        found.set(key, findings)
        memory.set(asker.tenant, key, findings)
      }
      return found
    })
  }

  /** What each of these, all or some of the texts of a document, comes to beside what is confirmed in all of it. */
  function joinAll(
    asker: Asker,
    items: readonly Item[],
    fresh: ReadonlyMap<TextKey, Findings>,
    confirmed: Confirmed,
  ): Soon<readonly Span[][]> {
    const findings = items.map(({ key }) => fresh.get(key) ?? memory.get(asker.tenant, key, copy))
    const lost = items.filter((_, index) => findings[index] === undefined)
    // What was remembered a moment ago may have given way to what was found since.
    if (lost.length > 0) return whenThere(examineAll(asker, items), (again) => joinEach(asker, items, again, confirmed))
    return joinEach(asker, items, new Map(items.map(({ key }, index) => [key, findings[index] ?? fail()])), confirmed)
  }

  function joinEach(
    { isCased }: Asker,
    items: readonly Item[],
    found: ReadonlyMap<TextKey, Findings>,
    confirmed: Confirmed,
  ): Soon<readonly Span[][]> {
    const texts = items.map(({ text, key }) => ({ text, examined: found.get(key) ?? fail() }))
    const units = countUnits(texts)
    if (units > HERE_UNITS) return pool.run({ kind: 'join', texts, confirmed, isCased }, units)
    return texts.map(({ text, examined }) => engine.join(text, examined, confirmed, { isCased }))
  }

  /**
   * What each text comes to beside the others: remembered with what these confirm, so that a text is joined again only
   * when somebody new is named in one of them.
   */
  function join(
    asker: Asker,
    items: readonly Item[],
    fresh: ReadonlyMap<TextKey, Findings>,
    confirmations: readonly (readonly Confirmation[])[],
  ): Soon<readonly Span[][]> {
    const { tenant } = asker
    const confirmed = engine.confirm(
      items.map(({ text }) => text),
      confirmations,
    )
    const beside = nameConfirmed(tenant, confirmed)
    const joined = items.map(({ key }) => memory.get(tenant, `${key} ${beside}`, codec.unpack))
    const missing = items.filter((_, index) => joined[index] === undefined)
    if (missing.length === 0) return joined.map((spans) => spans ?? fail())
    return whenThere(joinAll(asker, missing, fresh, confirmed), (made) => {
      for (const [index, { key }] of missing.entries())
        memory.set(tenant, `${key} ${beside}`, codec.pack(made[index] ?? fail()))
      let next = 0
      return joined.map((spans) => spans ?? made[next++] ?? fail())
    })
  }

  /** The same words confirmed have the same name. */
  function nameConfirmed(tenant: string, confirmed: Confirmed): string {
    if (isNothingConfirmed(confirmed)) return 'nothing'
    return memory.keyOf(tenant, 'confirmed', describeConfirmed(confirmed))
  }

  /** A short text that is all of its document, such as a stretch of an answer: found and joined in one reading. */
  function joinAlone({ tenant, known, isCased }: Asker, { text, key, language }: Item): Span[] {
    const { examined, confirmed, joined } = engine.examineAlone(text, language, { known, isCased })
    memory.set(tenant, key, examined)
    if (!isEmptyFindings(examined)) memory.set(tenant, `${key} ${nameConfirmed(tenant, confirmed)}`, codec.pack(joined))
    return joined
  }

  function plan(texts: readonly string[], profile: ProfileName, joined: readonly Span[][]): Soon<PlannedSpan[][]> {
    const spans = joined.reduce((sum, { length }) => sum + length, 0)
    if (spans === 0) return texts.map(() => [])
    if (spans <= HERE_SPANS) return engine.plan(texts, profile, { joined })
    return pool.run({ kind: 'plan', texts, profile, joined }, countUnits(texts.map((text) => ({ text }))))
  }

  function planAll(
    asker: Asker,
    texts: readonly string[],
    profile: ProfileName,
    keys: readonly TextKey[],
  ): Soon<PlannedSpan[][]> {
    const items = takeApart(asker.tenant, texts, keys)
    const told = items.map(({ key }) => memory.get(asker.tenant, key, tell))
    const finish = (fresh: ReadonlyMap<TextKey, Findings>): Soon<PlannedSpan[][]> => {
      const all = items.map(({ key }, index) => told[index] ?? tell(fresh.get(key) ?? fail()))
      if (all.every(({ isEmpty }) => isEmpty)) return texts.map(() => [])
      const confirmations = all.map((one) => one.confirmations)
      return whenThere(join(asker, items, fresh, confirmations), (joined) => plan(texts, profile, joined))
    }
    const missing = items.filter((_, index) => told[index] === undefined)
    const [alone] = missing
    if (canExamine && alone && items.length === 1 && alone.text.length <= HERE_UNITS)
      return plan(texts, profile, [joinAlone(asker, alone)])
    return missing.length === 0 ? finish(NOTHING) : whenThere(examineAll(asker, missing), finish)
  }

  /** A text that is all of its document. Most have nothing in them, which is remembered by itself and found at once. */
  function planOne(asker: Asker, text: string, profile: ProfileName, key: TextKey): Soon<PlannedSpan[][]> {
    const clear = `${key} ${profile}`
    if (memory.get(asker.tenant, clear, isThere) === true) return [[]]
    return whenThere(planAll(asker, [text], profile, [key]), (plans) => {
      if (plans[0]?.length === 0) memory.set(asker.tenant, clear, NO_BYTES)
      return plans
    })
  }

  /** Everything besides the text that detection depends on. */
  const contextOf = ({ known, isCased }: Asker): string => {
    const name = isCased ? casedName : setName
    return known.length === 0 ? name : `${name}${JSON.stringify(known)}`
  }

  return {
    set,
    clearTexts(request) {
      const asker = readAsker(request)
      let asked = ''
      let key: TextKey | undefined
      return {
        has(text) {
          asked = text
          key = memory.keyOf(asker.tenant, `${contextOf(asker)} clear`, text)
          return memory.get(asker.tenant, key, isThere) === true
        },
        add(text) {
          if (key !== undefined && text === asked) memory.set(asker.tenant, key, NO_BYTES)
        },
      }
    },
    plan(texts, profile, request = {}) {
      const asker = readAsker(request)
      const context = contextOf(asker)
      const keys = texts.map((text) => memory.keyOf(asker.tenant, context, text))
      const [only] = texts
      const [key] = keys
      if (texts.length !== 1 || only === undefined || key === undefined) return planAll(asker, texts, profile, keys)
      return planOne(asker, only, profile, key)
    },
  }
}

function readAsker({ tenant = '', known = [], isAnswer = false, isCased = false }: DetectionRequest): Asker {
  return { tenant: isAnswer ? `${tenant}${OF_ANSWERS}` : tenant, known, isCased }
}

const NO_BYTES = new Uint8Array(0)

function isThere(): boolean {
  return true
}

/** What of a text's findings the whole document is told. */
interface Told {
  readonly isEmpty: boolean
  readonly confirmations: readonly Confirmation[]
}

function tell(findings: Findings): Told {
  return { isEmpty: isEmptyFindings(findings), confirmations: listConfirmations(findings) }
}

function copy(bytes: Findings): Findings {
  return bytes.slice()
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

function countUnits(items: readonly { readonly text: string }[]): number {
  return items.reduce((sum, { text }) => sum + text.length, 0)
}

function fail(): never {
  throw new RangeError('a text was not examined')
}
