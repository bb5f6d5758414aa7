import type { Clock } from '@breakwater/kernel'
import type { TransportOptions } from './transport/index.ts'

/** Where tokens of Entra come from. */
interface EntraPlaces {
  /** The authority; without it Microsoft's public one. */
  readonly authority?: string
  /** The instance metadata service; without it the address that Azure gives every machine. */
  readonly metadata?: string
  /** Addresses of an authority that is not on the public network. */
  readonly allowedAddresses?: readonly string[]
}

/** What every adapter is made with. */
export interface AdapterOptions extends TransportOptions {
  /** Where files of keys and credentials lie; without it a provider that needs one is refused. */
  readonly secretsDir?: string
  readonly clock?: Clock
  readonly entra?: EntraPlaces
}

/** The clock for what others check against theirs: signatures, assertions. */
export const SYSTEM_CLOCK: Clock = { now: () => new Date() }
