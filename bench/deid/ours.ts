import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createTextEngine, type TextEngine, type TextEngineOptions } from '@breakwater/deid'
import { ENGLISH_WEIGHTS, loadTagger } from '@breakwater/tagger'
import { createLocal, type Contestant } from './contestant.ts'

/** `none` is the rules alone, `words` the small model, `both` the small one and the larger where it is in doubt. */
export type TaggerChoice = 'none' | 'words' | 'both'

const GAZETTEER: Uint8Array = readFileSync(createRequire(import.meta.url).resolve('@breakwater/deid/gazetteer.bin'))

/** What there is: the weights that lie beside the tagger, else the rules alone. */
export function chooseTagger(asked: string | undefined): TaggerChoice {
  if (asked === 'none' || asked === 'words' || asked === 'both') return asked
  return existsSync(join(ENGLISH_WEIGHTS, 'meta.json')) ? 'both' : 'none'
}

export function loadOurs(
  choice: TaggerChoice,
  options: Omit<TextEngineOptions, 'gazetteer' | 'tagger'> = {},
): { readonly engine: TextEngine; readonly loadMs: number } {
  const begun = performance.now()
  const tagger = choice === 'none' ? undefined : loadTagger(ENGLISH_WEIGHTS, { withPieces: choice === 'both' })
  const engine = createTextEngine({ gazetteer: GAZETTEER, ...(tagger && { tagger }), ...options })
  return { engine, loadMs: performance.now() - begun }
}

export function createOurs(choice: TaggerChoice): Contestant {
  const { engine, loadMs } = loadOurs(choice)
  const name = choice === 'none' ? 'breakwater, rules alone' : `breakwater, tagger ${choice}`
  return createLocal(name, loadMs, (text) => engine.plan([text], 'safe-harbor')[0] ?? [])
}
