import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createTextEngine, type TextEngine, type TextEngineOptions } from '@breakwater/deid'
import { ENGLISH_WEIGHTS, loadTagger } from '@breakwater/tagger'
import { createLocal, type Contestant } from './contestant.ts'

/** `none` is the rules alone, `words` the small model, `pieces` the small one and the larger where it is in doubt. */
export type TaggerChoice = 'none' | 'words' | 'pieces'

/** What there is: the weights that lie beside the tagger, else the rules alone. */
export function chooseTagger(asked: string | undefined, weights: string = ENGLISH_WEIGHTS): TaggerChoice {
  if (asked === 'none' || asked === 'words' || asked === 'pieces') return asked
  const [hasWords, hasPieces] = ['thresholds.json', 'pieces.onnx'].map((name) => existsSync(join(weights, name)))
  if (!hasWords) return 'none'
  return hasPieces ? 'pieces' : 'words'
}

type LoadOptions = Omit<TextEngineOptions, 'gazetteer' | 'tagger'> & { readonly weights?: string }

/** The engine, and how long its dictionaries and models took to read and open. */
export function loadOurs(
  choice: TaggerChoice,
  { weights = ENGLISH_WEIGHTS, ...options }: LoadOptions = {},
): { readonly engine: TextEngine; readonly loadMs: number } {
  const begun = performance.now()
  const gazetteer = readGazetteer()
  const tagger = choice === 'none' ? undefined : loadTagger(weights, { withPieces: choice === 'pieces' })
  const engine = createTextEngine({ gazetteer, ...(tagger && { tagger }), ...options })
  return { engine, loadMs: performance.now() - begun }
}

export function readGazetteer(): Uint8Array {
  return readFileSync(createRequire(import.meta.url).resolve('@breakwater/deid/gazetteer.bin'))
}

export function createOurs(choice: TaggerChoice, options: LoadOptions = {}): Contestant {
  const { engine, loadMs } = loadOurs(choice, options)
  const name = choice === 'none' ? 'breakwater, rules alone' : `breakwater, tagger ${choice}`
  return createLocal(name, loadMs, (text) => engine.plan([text], 'safe-harbor')[0] ?? [])
}
