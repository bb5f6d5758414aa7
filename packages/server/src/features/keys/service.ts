import type { Clock, KeyLabel } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { DekRecord, Envelope, KekProvider, KeyEnvironment, ReleaseRule } from '@breakwater/keys'
import type { RecordChange } from '../../platform/audit/change.ts'
import { toEntryDraft } from '../../platform/audit/change.ts'
import { referToPatientEver } from '../../platform/patients/refer.ts'
import type { LedgerService } from '../ledger/index.ts'
import { createKeyFollower } from './follow.ts'
import { judgeReachability } from './reachability.ts'
import type { KeyStore, SubjectKey } from './store.ts'
import type { KekVersion, KeyService, RotatableKeyring } from './types.ts'

export interface KeyServiceDeps {
  readonly store: KeyStore
  readonly envelope: Envelope
  /** The one that wraps new keys. */
  readonly provider: KekProvider
  readonly environment: KeyEnvironment
  readonly keyring: RotatableKeyring
  readonly clock: Clock
  readonly recordChange: RecordChange
  readonly ledger: Pick<LedgerService, 'appendIn'>
  readonly rules: readonly ReleaseRule[]
}

const LABELS = ['data', 'tokens', 'subjects'] as const satisfies readonly KeyLabel[]
const REWRAP_BATCH = 500

export function createKeyService(deps: KeyServiceDeps): KeyService {
  const { store, envelope, provider, keyring, clock, recordChange, ledger } = deps

  const findDue = async (tenant: string): Promise<readonly DekRecord[]> => {
    const kekVersion = await provider.currentVersion()
    return store.listForRewrap(tenant, { provider: provider.name, kekVersion }, REWRAP_BATCH)
  }

  const follow = createKeyFollower({ store, envelope })

  return {
    follow,

    async status(tenant) {
      const [usage, currentVersion] = await Promise.all([store.usage(tenant), provider.currentVersion()])
      return {
        environment: deps.environment,
        provider: { name: provider.name, kind: provider.kind, currentVersion },
        keyring: LABELS.map((label) => ({ label, currentVersion: keyring.currentVersion(label) })),
        dataKeys: usage.map((row) => ({
          ...row,
          isDue: row.provider === provider.name ? row.kekVersion !== currentVersion : row.provider !== 'dek',
        })),
        releases: deps.rules.map(({ objectClass, kind, sha256 }) => ({ objectClass, kind, sha256 })),
      }
    },

    async rotate(actor, { objectClass, use }) {
      const { dekId } = await envelope.rotate({ tenant: actor.tenant, objectClass, use })
      await store.inTransaction(actor.tenant, (trx) =>
        recordChange(trx, { actor, kind: 'key.rotated', object: dekId, counts: { keys: 1 } }),
      )
    },

    async rotateKeyring(actor, label) {
      const version = await keyring.rotate(label)
      await store.inTransaction(actor.tenant, (trx) =>
        recordChange(trx, { actor, kind: 'key.rotated', object: label, counts: { version } }),
      )
    },

    async rewrap(actor) {
      let rewrapped = 0
      for (const record of await findDue(actor.tenant)) {
        const after = await envelope.rewrap(record)
        if (await store.replaceWrap(record, after)) rewrapped += 1
        envelope.forget(record.dekId)
      }
      if (rewrapped > 0) {
        await store.inTransaction(actor.tenant, (trx) =>
          recordChange(trx, { actor, kind: 'key.rewrapped', object: provider.name, counts: { keys: rewrapped } }),
        )
      }
      return { rewrapped, remaining: (await findDue(actor.tenant)).length }
    },

    recordKekEvent: async (actor, event) =>
      store.addKekEvent(actor.tenant, event, actor.id, (trx) =>
        recordChange(trx, { actor, kind: 'key.state-recorded', object: provider.name, codes: [event.event] }),
      ),

    async shred(actor, patient) {
      const subjects = referToPatientEver(keyring, actor.tenant, patient)
      const at = clock.now()
      const before = await listKeys(store, actor.tenant, subjects)
      const done = await store.shred(actor.tenant, subjects, at, async (trx, ids) => {
        const change = { actor, kind: 'key.shredded', object: provider.name, counts: { keys: ids.length } } as const
        return ledger.appendIn(trx, { ...toEntryDraft(change), patients: [...subjects] })
      })
      if (!done) throw new AppError('resource.unknown', { message: 'this patient has no key that is not shredded' })
      for (const id of done.ids) envelope.forget(id)
      return {
        version: 1,
        tenant: actor.tenant,
        subjects: [...subjects],
        shreddedAt: at.toISOString(),
        shreddedBy: actor.id,
        dataKeys: [...done.ids],
        ledgerIndex: done.ledgerIndex,
        wrappedUnder: findWraps(before),
      }
    },

    async readReachability(tenant, { patient, copiedAt, at }) {
      const keys = await listKeys(store, tenant, referToPatientEver(keyring, tenant, patient))
      return judgeReachability(keys, await store.listKekEvents(tenant), { copiedAt, at })
    },
  }
}

async function listKeys(store: KeyStore, tenant: string, subjects: readonly string[]): Promise<readonly SubjectKey[]> {
  return (await Promise.all(subjects.map(async (subject) => store.listOfSubject(tenant, subject)))).flat()
}

/** Each version once. */
function findWraps(keys: readonly SubjectKey[]): KekVersion[] {
  const versions = keys.flatMap(({ wraps }) =>
    wraps.map(({ provider, kekId, kekVersion }) => ({ provider, kekId, kekVersion })),
  )
  return [...new Map(versions.map((version) => [JSON.stringify(version), version])).values()]
}
