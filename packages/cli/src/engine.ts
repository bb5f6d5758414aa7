import { readFile, stat } from 'node:fs/promises'
import { createResidualScanner, createTextEngine, readKnownPatient, readSiteLexicon } from '@breakwater/deid'
import type {
  DeidentifyOptions,
  DetectOptions,
  ProfileName,
  ResidualScanner,
  TaggedSpan,
  Tagger,
  TextEngine,
} from '@breakwater/deid'
import { readThresholds } from '@breakwater/deid/evaluate'
import { AppError } from '@breakwater/kernel'
import type { Given, Option } from './command.ts'

const PROFILE_NAMES: readonly ProfileName[] = ['safe-harbor', 'gateway']

export const PROFILE_OPTION: Option = {
  type: 'string',
  choices: PROFILE_NAMES,
  help: 'which rules decide',
  default: 'safe-harbor',
}

export const CLINICIANS_OPTION: Option = { type: 'boolean', help: 'leave names and ids of clinicians as they are' }

export const THRESHOLDS_OPTION: Option = { type: 'string', value: 'FILE', help: 'calibrated thresholds' }

export const LANGUAGE_OPTION: Option = {
  type: 'string',
  choices: ['auto', 'en', 'es'],
  help: 'what the texts are written in; auto refuses other languages',
  default: 'auto',
}

export const RELEASE_YEAR_OPTION: Option = {
  type: 'string',
  value: 'YEAR',
  help: 'of the release: who was born 90 years before it counts as 90 or older',
}

export const LEXICON_OPTION: Option = { type: 'string', value: 'FILE', help: 'what the site knows of itself' }

export const RULES_ONLY_OPTION: Option = { type: 'boolean', help: 'without the models: faster, finds less' }

export const PATIENT_OPTION: Option = {
  type: 'string',
  value: 'FILE',
  help: 'whose texts they are: FHIR Patient or identifiers, JSON',
}

const RELEASE_YEARS = { min: 1900, max: 2199 }
const MAX_LEXICON_BYTES = 8 * 1_048_576
const MAX_PATIENT_BYTES = 1_048_576

interface EngineFiles {
  readonly thresholds?: string | undefined
  readonly lexicon?: string | undefined
  readonly hasModels?: boolean
}

/** What the options of a command say about how texts are read, whoever's they are. */
export function readReading(given: Given): Pick<DeidentifyOptions, 'includeClinicians' | 'language' | 'releaseYear'> {
  const releaseYear = given.integer('release-year', RELEASE_YEARS)
  return {
    includeClinicians: !given.has('keep-clinicians'),
    language: readLanguage(given.text('language')),
    ...(releaseYear !== undefined && { releaseYear }),
  }
}

/** The files that the options of a command name for the engine. */
export function readEngineFiles(given: Given): EngineFiles {
  return {
    thresholds: given.text('thresholds'),
    lexicon: given.text('lexicon'),
    hasModels: !given.has('rules-only'),
  }
}

/**
 * The text engine with its packed dictionaries and models, which lie beside its code, and calibrated thresholds if given.
 * Throws `detector.unavailable` when the models cannot be loaded: nothing falls back to rules unasked.
 */
export async function loadEngine({ thresholds, lexicon: lexiconFile, hasModels }: EngineFiles): Promise<TextEngine> {
  const gazetteer = await readFile(new URL('../data/gazetteer.bin', import.meta.resolve('@breakwater/deid')))
  const site = lexiconFile === undefined ? undefined : await readBounded(lexiconFile, MAX_LEXICON_BYTES, 'lexicon')
  // Loaded when wanted: the native runtime costs every other command its start.
  const { loadSpanishTagger, loadTagger } = await import('@breakwater/tagger')
  const models = hasModels === false ? {} : { tagger: rememberLast(loadTagger()) }
  const languages = { es: loadSpanishTagger() }
  const options = { gazetteer, languages, ...models, ...(site !== undefined && { lexicon: readSiteLexicon(site) }) }
  const engine = createTextEngine(options)
  if (thresholds === undefined) return engine
  const { tagger } = engine.deidentify('', 'safe-harbor').manifest
  return createTextEngine({ ...options, thresholds: readThresholds(await readFile(thresholds, 'utf8'), tagger) })
}

/** What a file says of the patient whose texts they are. Throws `body.invalid`, never with a value of the file. */
export async function readPatientFile(file: string | undefined): Promise<Pick<DetectOptions, 'known'>> {
  if (file === undefined) return {}
  const text = await readBounded(file, MAX_PATIENT_BYTES, 'patient')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's message quotes what it read.
    throw new AppError('body.invalid', { message: 'patient: JSON', field: 'patient' })
  }
  const patient = readKnownPatient(value)
  // A file of another shape would seem to be looked for.
  if (Object.values(patient).every((one) => one === undefined || (Array.isArray(one) && one.length === 0)))
    throw new AppError('body.invalid', { message: 'patient: nothing that identifies', field: 'patient' })
  return { known: [patient] }
}

async function readBounded(file: string, maxBytes: number, field: string): Promise<string> {
  if ((await stat(file)).size <= maxBytes) return readFile(file, 'utf8')
  throw new AppError('body.too-large', { message: `${field}: at most ${maxBytes} bytes`, field })
}

/** What the texts are written in, checked before by the option's choices. */
function readLanguage(name: string | undefined): NonNullable<DetectOptions['language']> {
  return name === 'en' || name === 'es' ? name : 'auto'
}

/** A profile's name, checked before by the option's choices. */
export function readProfile(name: string): ProfileName {
  return PROFILE_NAMES.find((known) => known === name) ?? 'safe-harbor'
}

/** The second detector, which looks at what the first one lets go. */
export async function loadResidualScanner(): Promise<ResidualScanner> {
  const model = await readFile(new URL('../data/residual.bin', import.meta.resolve('@breakwater/deid')))
  return createResidualScanner({ model })
}

/** Calibration asks about one text again and again, with other thresholds each time. */
function rememberLast(tagger: Tagger): Tagger {
  let last: { readonly text: string; readonly spans: readonly TaggedSpan[] } | undefined
  return {
    id: tagger.id,
    tag(text) {
      if (last?.text !== text) last = { text, spans: tagger.tag(text) }
      return last.spans
    },
  }
}
