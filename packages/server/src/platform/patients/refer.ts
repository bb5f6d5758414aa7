import type { Keyring } from '@breakwater/kernel'

const REFERENCE_BYTES = 16

/** A keyed reference to a patient, in hex: the same for each use in a tenant, and no way back from it. */
export function referToPatient(keyring: Keyring, tenant: string, patient: string): string {
  const mac = keyring.deriveMac('subjects', keyring.currentVersion('subjects'), tenant, ['patient'])
  return Buffer.from(mac(patient).subarray(0, REFERENCE_BYTES)).toString('hex')
}
