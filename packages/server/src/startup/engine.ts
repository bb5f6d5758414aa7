import { readFile } from 'node:fs/promises'
import { createTextEngine } from '@breakwater/deid'
import type { TextEngine } from '@breakwater/deid'

/** The text engine with its packed dictionaries, which lie beside its code. Throws `detector.unavailable`. */
export async function loadTextEngine(): Promise<TextEngine> {
  const gazetteer = await readFile(new URL('../data/gazetteer.bin', import.meta.resolve('@breakwater/deid')))
  return createTextEngine({ gazetteer })
}
