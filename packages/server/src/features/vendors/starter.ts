import { readFile } from 'node:fs/promises'
import type { VendorFactInput } from '@breakwater/contract'
import { vendorImportSchema } from '@breakwater/contract'

const PLACE = new URL('../../../data/vendors-starter.json', import.meta.url)

/**
 * What this version knows of the named vendors: read from their pages at the dates it gives, or before, and promised by
 * nobody. Each is to be confirmed against the contract that the organisation holds.
 */
export async function readStarterFacts(): Promise<readonly VendorFactInput[]> {
  return vendorImportSchema.parse(JSON.parse(await readFile(PLACE, 'utf8'))).facts
}
