import { findAgeColumns } from './age-columns.ts'
import type { Gazetteer } from '../gazetteer/gazetteer.ts'
import { findSpanishAges, findSpanishDates, type LanguageChoice } from '../language/index.ts'
import type { Confirmation, Confirmed, DetectOptions, Findings, Language, Span, Stage, Tagger } from '../types.ts'
import { type KnownIndex, type KnownPatient, matchKnown } from '../known/index.ts'
import { matchSite, type SiteIndex } from '../site/index.ts'
import { findAnchored } from './anchored.ts'
import { findBanners } from './banners.ts'
import { findEmployers } from './employers.ts'
import { findFacilities } from './facilities.ts'
import { findFieldNames } from './fields.ts'
import { NO_FINDINGS, packFindings, unpackConfirmations, unpackFindings } from './findings.ts'
import { findIntroduced } from './introductions.ts'
import { joinNames } from './join-names.ts'
import { findNames } from './names.ts'
import type { Candidate } from './patterns/pattern.ts'
import { matchPatterns } from './patterns/run.ts'
import { findBehindNicknames } from './nicknames.ts'
import { findPersonal } from './personal.ts'
import { findPlaces } from './places.ts'
import {
  addConfirmed,
  confirms,
  createConfirmed,
  findConfirmations,
  isNothingConfirmed,
  propagate,
} from './propagate.ts'
import { findListedPair, spreadProgramName, toProgramName } from './program-names.ts'
import { read, type Reading } from './reading.ts'
import { boundByRecords, findInRecords, readRecords } from './records/bound.ts'
import { resolve } from './resolve.ts'
import { findSetOffNames } from './set-off.ts'
import { findSignOffs } from './sign-offs.ts'
import { runTagger } from './tagging.ts'
import { findTold } from './told.ts'
import { tokenise } from './tokens.ts'
import { isVetoed } from './veto.ts'
import { findVisited } from './visited.ts'
import { createView, type View } from './view.ts'

/** What the stages work with. */
export interface Stages {
  readonly gazetteer: Gazetteer
  readonly site?: SiteIndex | undefined
  readonly tagger?: Tagger | undefined
  /** The tagger of Spanish texts, which read no English list. */
  readonly spanish?: Tagger | undefined
  /** Of each part of a document. Throws `language.unsupported`. */
  readonly chooseLanguage: LanguageChoice
  /** Throws `body.invalid`. */
  readonly indexKnown: (patients: readonly KnownPatient[]) => KnownIndex
  /** Called between stages; it throws when a text has had its time. */
  readonly checkTime?: (() => void) | undefined
  readonly without?: readonly Stage[] | undefined
}

/** One part of a document on its way through the stages. Offsets are those of the view. */
export interface Part {
  readonly text: string
  readonly view: View
  /** In the order of the stages. */
  readonly found: readonly (readonly [Stage, readonly Candidate[]])[]
  readonly vetoed: ReadonlySet<Candidate>
  /** What they come to. */
  readonly spans: readonly Span[]
}

type Found = (readonly [Stage, readonly Candidate[]])[]

/** A part after the stages that look at it by itself. */
interface Examined extends Omit<Part, 'spans'> {
  /** Made when it is wanted: a remembered text that names nobody is not read again. */
  readonly reading: () => Reading
  readonly confirmations: readonly Confirmation[]
  /** What its own candidates come to; of a remembered text it is made when it is wanted. */
  readonly own?: readonly Span[]
}

/**
 * The cascade over the parts of one document: view, patterns with context, lists with their witnesses, tagger,
 * known patient, propagation of what the parts together confirm, resolver. A stage that throws stops it.
 */
export function runCascade(texts: readonly string[], stages: Stages, options: DetectOptions): Part[] {
  const { examined } = options
  if (examined && examined.length !== texts.length) throw new RangeError('findings of other texts')
  const known = examined ? undefined : indexKnown(stages, options)
  const languages = examined ? [] : stages.chooseLanguage(texts)
  const parts = texts.map((text, index) => {
    if (examined) return recall(text, examined[index] ?? NO_FINDINGS, stages, options)
    return examine(text, languages[index] ?? 'en', stages, options, known)
  })
  const confirmed = createConfirmed()
  for (const { view, confirmations } of parts) addConfirmed(confirmed, view.text, confirmations)
  return parts.map((part) => join(part, confirmed, stages, options))
}

/** What the stages find in one text by itself, for `options.examined`. */
export function examineText(text: string, language: Language, stages: Stages, options: DetectOptions): Findings {
  const { found, vetoed, confirmations } = examine(text, language, stages, options, indexKnown(stages, options))
  return packFindings({ candidates: admitted(found, vetoed), confirmations })
}

/** The same, and what the text comes to where it is all of its document. */
export function examineAlone(
  text: string,
  language: Language,
  stages: Stages,
  options: DetectOptions,
): { readonly examined: Findings; readonly confirmed: Confirmed; readonly part: Part } {
  const own = examine(text, language, stages, options, indexKnown(stages, options))
  const confirmed = createConfirmed()
  addConfirmed(confirmed, own.view.text, own.confirmations)
  const examined = packFindings({ candidates: admitted(own.found, own.vetoed), confirmations: own.confirmations })
  return { examined, confirmed, part: join(own, confirmed, stages, options) }
}

/** What the parts of a document confirm together. */
export function confirmTexts(texts: readonly string[], confirmations: readonly (readonly Confirmation[])[]): Confirmed {
  const confirmed = createConfirmed()
  for (const [index, text] of texts.entries()) {
    const own = confirmations[index] ?? []
    if (own.length > 0) addConfirmed(confirmed, createView(text).text, own)
  }
  return confirmed
}

/** One part of a document of which that is confirmed. */
export function joinText(
  text: string,
  findings: Findings,
  confirmed: Confirmed,
  stages: Stages,
  options: DetectOptions,
): Part {
  return join(recall(text, findings, stages, options), confirmed, stages, options)
}

function indexKnown(stages: Stages, { known }: DetectOptions): KnownIndex | undefined {
  return known?.length ? stages.indexKnown(known) : undefined
}

function examine(
  text: string,
  language: Language,
  stages: Stages,
  options: DetectOptions,
  known: KnownIndex | undefined,
): Examined {
  const view = createView(text)
  const reading = read(tokenise(view.text), stages.gazetteer, options.isCased)
  const records = readRecords(view.text)
  const refused = new Set<Candidate>()
  const found = findAll(reading, language, stages, options, known)
    .filter(([stage]) => !stages.without?.includes(stage))
    .map(([stage, all]): Found[number] => [stage, boundByRecords(view.text, records, all, refused)])
  if (records.length > 0 && !stages.without?.includes('patterns')) found.push(['patterns', findInRecords(records)])
  const program = spreadProgramName(view.text, stages.gazetteer)
  if (program) {
    if (known && !stages.without?.includes('known'))
      found.push(['known', toProgramName(program, matchKnown(program.reading, known))])
    if (!stages.without?.includes('lists')) found.push(['lists', toProgramName(program, findListedPair(program))])
  }
  const vetoed = new Set(found.flatMap(([, candidates]) => candidates.filter((one) => isVetoed(reading, one))))
  for (const one of refused) vetoed.add(one)
  if (language === 'en' && !stages.without?.includes('lists')) {
    const names = admitted(found, vetoed)
    const joined = [...joinNames(reading, names), ...findBehindNicknames(reading, names)]
    found.push(['lists', boundByRecords(view.text, records, joined, vetoed)])
  }
  const own = resolve(view.text, admitted(found, vetoed), options.thresholds)
  stages.checkTime?.()
  const confirmations = own.some(confirms) ? findConfirmations(reading, own) : []
  return { text, view, reading: () => reading, found, vetoed, own, confirmations }
}

/** A text whose findings are known: they stand as one stage's, for the resolver asks each candidate. */
function recall(text: string, findings: Findings, { gazetteer }: Stages, { isCased }: DetectOptions): Examined {
  const view = createView(text)
  let reading: Reading | undefined
  return {
    text,
    view,
    reading: () => (reading ??= read(tokenise(view.text), gazetteer, isCased)),
    found: [['patterns', unpackFindings(findings)]],
    vetoed: new Set(),
    confirmations: unpackConfirmations(findings),
  }
}

/** The part of the work that needs all parts: what one of them confirms is found in all. */
function join(
  part: Examined,
  confirmed: Confirmed,
  { checkTime, gazetteer, without }: Stages,
  options: DetectOptions,
): Part {
  const isCarriedOn = !isNothingConfirmed(confirmed) && !without?.includes('propagation')
  const program = isCarriedOn ? spreadProgramName(part.view.text, gazetteer) : undefined
  const carried = isCarriedOn ? propagate(part.reading(), confirmed) : []
  if (program) carried.push(...toProgramName(program, propagate(program.reading, confirmed)))
  checkTime?.()
  if (carried.length === 0 && part.own) return { ...part, spans: part.own }
  const found: Part['found'] = carried.length === 0 ? part.found : [...part.found, ['propagation', carried]]
  return { ...part, found, spans: resolve(part.view.text, admitted(found, part.vetoed), options.thresholds) }
}

function findAll(
  reading: Reading,
  language: Language,
  { site, tagger: english, spanish, checkTime }: Stages,
  options: DetectOptions,
  known: KnownIndex | undefined,
): Found {
  const found: Found = [
    ['patterns', matchPatterns(reading.tokens)],
    ['patterns', findAgeColumns(reading.tokens.text)],
  ]
  checkTime?.()
  if (language === 'en') found.push(['lists', findListed(reading)])
  else found.push(['patterns', [...findSpanishDates(reading.tokens.text), ...findSpanishAges(reading.tokens.text)]])
  checkTime?.()
  const tagger = language === 'en' ? english : spanish
  if (site) found.push(['site', matchSite(reading, site)])
  if (tagger) found.push(['tagger', runTagger(tagger, reading, options.taggerThresholds ?? options.thresholds)])
  checkTime?.()
  if (known) found.push(['known', matchKnown(reading, known)])
  checkTime?.()
  return found
}

/** What English lists and their cues find. */
function findListed(reading: Reading): Candidate[] {
  return [
    ...findNames(reading),
    ...findSetOffNames(reading),
    ...findSignOffs(reading),
    ...findIntroduced(reading),
    ...findFieldNames(reading),
    ...findAnchored(reading),
    ...findTold(reading),
    ...findPersonal(reading),
    ...findBanners(reading),
    ...findFacilities(reading),
    ...findVisited(reading),
    ...findPlaces(reading),
    ...findEmployers(reading),
  ]
}

function admitted(found: Part['found'], vetoed: ReadonlySet<Candidate>): Candidate[] {
  const all = found.flatMap(([, candidates]) => candidates)
  return vetoed.size === 0 ? all : all.filter((candidate) => !vetoed.has(candidate))
}
