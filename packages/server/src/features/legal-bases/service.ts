import type { Clock, Keyring } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { RecordChange } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import { referToPatient } from '../../platform/patients/refer.ts'
import type { LegalBasisStore } from './store.ts'
import type { BasisScope, LegalBasis, LegalBasisService } from './types.ts'

export interface LegalBasisDeps {
  readonly store: LegalBasisStore
  readonly clock: Clock
  readonly keyring: Keyring
  readonly recordChange: RecordChange
}

export function createLegalBasisService({ store, clock, keyring, recordChange }: LegalBasisDeps): LegalBasisService {
  const snapshots = createSnapshotCache({ load: (tenant) => store.listLatest(tenant) })

  return {
    async requireInForce(scope) {
      const bases = await snapshots.get(scope.tenant)
      const found = bases.find(({ id }) => id === scope.id)
      // One answer for every reason: who may not use a record learns nothing of it.
      if (!found || !isInForce(found, clock.now()) || !covers(found, scope)) throw refuse()
      const { id, version, kind, dataClass } = found
      return { id, version, kind, dataClass }
    },

    list: async (tenant) => store.listLatest(tenant),

    async put(actor, fields) {
      const { tenant } = actor
      const patients = [...new Set(fields.patients.map((id) => referToPatient(keyring, tenant, id)))].sort()
      const basis = { ...fields, tenant, patients }
      const version = await store.put(basis, (trx, version) =>
        recordChange(trx, { actor, kind: 'legal-basis.put', object: basis.id, version }),
      )
      snapshots.drop(tenant)
      return { ...basis, version }
    },

    async end(actor, id, reason) {
      const isEnded = await store.endLatest(actor.tenant, id, { at: clock.now(), reason }, (trx, version) =>
        recordChange(trx, { actor, kind: 'legal-basis.ended', object: id, version }),
      )
      if (!isEnded) throw new AppError('resource.unknown', { message: 'no such legal basis that is not ended' })
      snapshots.drop(actor.tenant)
    },
  }
}

function isInForce({ effectiveFrom, expiresAt, endedAt }: LegalBasis, now: Date): boolean {
  return effectiveFrom <= now && (expiresAt === undefined || now < expiresAt) && (!endedAt || now < endedAt)
}

function covers(basis: LegalBasis, { principal, purpose, patient }: BasisScope): boolean {
  return (
    basis.purposes.includes(purpose) &&
    basis.principals.includes(principal) &&
    (basis.patients.length === 0 || (patient !== undefined && basis.patients.includes(patient)))
  )
}

function refuse(): AppError {
  return new AppError('basis.none-in-force', {
    message: 'no legal basis of this name in force opens this purpose to this principal and patient',
    field: 'Breakwater-Basis',
  })
}
