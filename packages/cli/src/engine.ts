import { readFile } from 'node:fs/promises'
import { createTextEngine } from '@breakwater/deid'
import type { ProfileName, TextEngine } from '@breakwater/deid'
import type { Option } from './command.ts'

const PROFILE_NAMES: readonly ProfileName[] = ['safe-harbor', 'gateway']

export const PROFILE_OPTION: Option = {
  type: 'string',
  choices: PROFILE_NAMES,
  help: 'which rules decide',
  default: 'safe-harbor',
}

export const CLINICIANS_OPTION: Option = { type: 'boolean', help: 'leave names and ids of clinicians as they are' }

/** The text engine with its packed dictionaries, which lie beside its code. */
export async function loadEngine(): Promise<TextEngine> {
  const gazetteer = await readFile(new URL('../data/gazetteer.bin', import.meta.resolve('@breakwater/deid')))
  return createTextEngine({ gazetteer })
}

/** A profile's name, checked before by the option's choices. */
export function readProfile(name: string): ProfileName {
  return PROFILE_NAMES.find((known) => known === name) ?? 'safe-harbor'
}
