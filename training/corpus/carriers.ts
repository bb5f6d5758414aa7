import type { Split } from './split.ts'
import type { Pools } from './templates.ts'

export interface Carriers {
  readonly pools: Readonly<Record<Split, Pools>>
  /** Template id to the id of its carrier. */
  readonly carrierOf: ReadonlyMap<string, string>
}

export function readCarriers(_data: string): Carriers {
  return { pools: { train: new Map(), calibrate: new Map(), test: new Map() }, carrierOf: new Map() }
}
