import { readFile } from 'node:fs/promises'
import { createResidualScanner, createTextEngine, readSiteLexicon } from '@breakwater/deid'
import type { ResidualScanner, TextEngine } from '@breakwater/deid'
import { loadSpanishTagger } from '@breakwater/tagger'

/**
 * The text engine with its packed dictionaries, which lie beside its code, and the site's lexicon if it has one. Throws
 * `detector.unavailable`, `config.invalid`.
 */
export async function loadTextEngine(lexicon?: string): Promise<TextEngine> {
  const gazetteer = await readFile(new URL('../data/gazetteer.bin', import.meta.resolve('@breakwater/deid')))
  const languages = { es: loadSpanishTagger() }
  return createTextEngine({ gazetteer, languages, ...(lexicon !== undefined && { lexicon: readSiteLexicon(lexicon) }) })
}

/** The second detector, which shares nothing with the engine. Throws `detector.unavailable`. */
export async function loadResidualScanner(): Promise<ResidualScanner> {
  const model = await readFile(new URL('../data/residual.bin', import.meta.resolve('@breakwater/deid')))
  return createResidualScanner({ model })
}
