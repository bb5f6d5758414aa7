import { readFileSync } from 'node:fs'
import { createResidualScanner } from '@breakwater/deid'
import type { ResidualScanner } from '@breakwater/deid'

/** The packed dictionaries, which lie beside the engine's code. */
export function readGazetteer(): Uint8Array {
  return readFileSync(new URL('../data/gazetteer.bin', import.meta.resolve('@breakwater/deid')))
}

/** The second detector, which shares nothing with the engine. Throws `detector.unavailable`. */
export function readResidualScanner(): ResidualScanner {
  const model = readFileSync(new URL('../data/residual.bin', import.meta.resolve('@breakwater/deid')))
  return createResidualScanner({ model })
}
