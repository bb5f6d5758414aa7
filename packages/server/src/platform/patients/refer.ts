import type { Keyring } from '@breakwater/kernel'

const REFERENCE_BYTES = 16

/** A keyed reference to a patient, in hex: the same for each use in a tenant, and no way back from it. */
export function referToPatient(keyring: Keyring, tenant: string, patient: string): string {
  return refer(keyring, keyring.currentVersion('subjects'), tenant, patient)
}

/** The references of all versions of the key, the newest first: how a patient was called before a rotation too. */
export function referToPatientEver(keyring: Keyring, tenant: string, patient: string): readonly string[] {
  const current = keyring.currentVersion('subjects')
  return Array.from({ length: current }, (_, age) => refer(keyring, current - age, tenant, patient))
}

function refer(keyring: Keyring, version: number, tenant: string, patient: string): string {
  const mac = keyring.deriveMac('subjects', version, tenant, ['patient'])
  return Buffer.from(mac(patient).subarray(0, REFERENCE_BYTES)).toString('hex')
}
