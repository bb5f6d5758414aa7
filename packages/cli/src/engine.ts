import { readFile } from 'node:fs/promises'
import { createTextEngine } from '@breakwater/deid'
import type { ProfileName, TextEngine } from '@breakwater/deid'
import { readThresholds } from '@breakwater/deid/evaluate'
import type { Option } from './command.ts'

const PROFILE_NAMES: readonly ProfileName[] = ['safe-harbor', 'gateway']

export const PROFILE_OPTION: Option = {
  type: 'string',
  choices: PROFILE_NAMES,
  help: 'which rules decide',
  default: 'safe-harbor',
}

export const CLINICIANS_OPTION: Option = { type: 'boolean', help: 'leave names and ids of clinicians as they are' }

export const THRESHOLDS_OPTION: Option = { type: 'string', value: 'FILE', help: 'calibrated thresholds' }

/** The text engine with its packed dictionaries, which lie beside its code, and calibrated thresholds if given. */
export async function loadEngine({
  thresholds,
}: {
  readonly thresholds?: string | undefined
} = {}): Promise<TextEngine> {
  const gazetteer = await readFile(new URL('../data/gazetteer.bin', import.meta.resolve('@breakwater/deid')))
  const engine = createTextEngine({ gazetteer })
  if (thresholds === undefined) return engine
  const { tagger } = engine.deidentify('', 'safe-harbor').manifest
  return createTextEngine({ gazetteer, thresholds: readThresholds(await readFile(thresholds, 'utf8'), tagger) })
}

/** A profile's name, checked before by the option's choices. */
export function readProfile(name: string): ProfileName {
  return PROFILE_NAMES.find((known) => known === name) ?? 'safe-harbor'
}
