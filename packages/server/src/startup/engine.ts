import { readFile } from 'node:fs/promises'
import { createResidualScanner, createTextEngine, readSiteLexicon } from '@breakwater/deid'
import type { ResidualScanner, TextEngine } from '@breakwater/deid'
import { loadSpanishTagger } from '@breakwater/tagger'
import { startDetection } from '../pipeline/index.ts'
import type { Detection } from '../pipeline/index.ts'
import type { Closers } from './closers.ts'
import type { Process } from './process.ts'
import { readSettingFile } from './setting-file.ts'
import { startSweeper } from './sweeper.ts'

const MEGABYTE = 1_048_576

/**
 * Both detectors as the settings say, with the site's lexicon if it has one. Throws `detector.unavailable` when a model
 * cannot be loaded, `config.invalid`.
 */
export async function openDetection(
  { config, clock, log }: Process,
  closers: Closers,
): Promise<Pick<Detection, 'engine' | 'scanner'>> {
  const lexicon = await readSettingFile(config, 'BREAKWATER_LEXICON_FILE')
  // The program of jobs answers no request: it has no use for models and threads.
  if (config.BREAKWATER_PROGRAM === 'worker') {
    return { engine: await loadTextEngine(lexicon), scanner: await loadResidualScanner() }
  }
  const detection = await startDetection({
    tier: config.BREAKWATER_DETECTION,
    workers: config.BREAKWATER_DETECTION_WORKERS,
    budgetMs: config.BREAKWATER_DETECTION_SECONDS * 1_000,
    memoryBytes: config.BREAKWATER_DETECTION_MEMORY_MB * MEGABYTE,
    lexicon,
    clock,
    onCrash: () => log('detection-worker-ended'),
  })
  closers.add(async () => detection.close())
  const sweeper = startSweeper([async () => detection.forget()], log)
  closers.add(async () => sweeper.stop())
  return detection
}

/**
 * The text engine with its packed dictionaries, which lie beside its code, and the site's lexicon if it has one: rules,
 * lists and Spanish, on this thread. Throws `detector.unavailable`, `config.invalid`.
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
