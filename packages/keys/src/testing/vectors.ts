import { readFileSync } from 'node:fs'

/** What every Wycheproof test has; `fields` are hex unless their name says otherwise. */
export interface Vector {
  readonly tcId: number
  readonly result: 'valid' | 'invalid' | 'acceptable'
}

/** All tests of one file of packages/keys/test-data/wycheproof. */
export function readVectors<Fields>(name: string): readonly (Vector & Fields)[] {
  return readVectorFile<Fields>(name).tests
}

export function readVectorFile<Fields, Head = object>(
  name: string,
): Head & { readonly tests: readonly (Vector & Fields)[] } {
  return JSON.parse(readFileSync(new URL(`../../test-data/wycheproof/${name}.json`, import.meta.url), 'utf8'))
}

export function fromHex(hex: string): Buffer {
  return Buffer.from(hex, 'hex')
}
