import type { PolicyCase } from '@breakwater/contract'
import type { Clock, Log } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Actor, RecordChange } from '../../../platform/audit/change.ts'
import { comparePolicies } from '../compare.ts'
import { readDocument, writeDocument } from '../document.ts'
import type { PolicyDraftService } from '../drafts/types.ts'
import type { PolicyStore } from '../store.ts'
import type { PolicySet } from '../types.ts'
import type { FolderStore, SeenFolder } from './store.ts'

/** Where policies lie on disk: those of this version, or those that the operator declared. */
export interface PolicyFolder {
  readonly name: SeenFolder['folder']
  readonly version: string
  readonly read: () => Promise<{ readonly set: PolicySet; readonly cases: readonly PolicyCase[] }>
}

export interface FolderWatchDeps {
  readonly folder: PolicyFolder
  readonly store: FolderStore
  readonly sets: Pick<PolicyStore, 'findActive' | 'findDocument'>
  readonly drafts: Pick<PolicyDraftService, 'draft'>
  readonly clock: Clock
  readonly log: Log
  readonly recordChange: RecordChange
}

export interface FolderWatch {
  /**
   * Looks at the folder. What a new version brings is offered as a draft and never activated by itself; what was altered
   * under the same version is drift, in the log and in the ledger, with the ids of the policies that differ.
   */
  check(actor: Actor): Promise<void>
  /** Whether the last look found drift, or could not look. */
  isDrifted(): boolean
}

const MAX_CODES = 60
const MAX_CODE_CHARS = 64

export function createFolderWatch(deps: FolderWatchDeps): FolderWatch {
  const { folder, store, sets, drafts, clock, log, recordChange } = deps
  let drift: string | undefined

  /** The recorded text that the folder is compared with, or else the active one. */
  async function readBaseline(tenant: string, sha256: string | undefined): Promise<PolicySet | undefined> {
    const document = sha256 === undefined ? undefined : await sets.findDocument(tenant, sha256)
    return sha256 === undefined || document === undefined ? undefined : readDocument(document, sha256)
  }

  async function recordDrift(actor: Actor, seen: SeenFolder, found: PolicySet, baseline: string): Promise<void> {
    const { tenant } = actor
    const { document, sha256 } = writeDocument(found)
    const { changes } = comparePolicies(await readBaseline(tenant, baseline), found)
    const codes = changes.map(({ id, kind }) => `${kind}:${id}`.slice(0, MAX_CODE_CHARS)).slice(0, MAX_CODES)
    const change = { actor, kind: 'policy.drift', object: sha256, codes, counts: { policies: changes.length } } as const
    const isNew = await store.add({ ...seen, tenant, document, at: clock.now() }, (trx) => recordChange(trx, change))
    // Seen before, by another replica or in another life: one entry is enough; this replica's log has its own line.
    if (isNew || drift !== sha256)
      log('policy-drift', { folder: seen.folder, policies: changes.length, codes: codes.join(' ') })
    drift = sha256
  }

  return {
    async check(actor) {
      const { tenant } = actor
      try {
        const { set, cases } = await folder.read()
        const { document, sha256 } = writeDocument(set)
        const active = await sets.findActive(tenant)
        const known = await store.list(tenant, folder.name)
        const recorded = known.findLast(({ version, state }) => version === folder.version && state === 'recorded')
        const seen = { folder: folder.name, version: folder.version, sha256 }
        if (recorded && recorded.sha256 !== sha256 && active?.sha256 !== sha256) {
          await recordDrift(actor, { ...seen, state: 'drifted' }, set, recorded.sha256)
          return
        }
        drift = undefined
        if (recorded) return
        await store.add({ ...seen, state: 'recorded', tenant, document, at: clock.now() }, async () => undefined)
        if (active && active.sha256 !== sha256) await drafts.draft(actor, set, cases, 'shipped')
      } catch (thrown) {
        drift ??= 'unreadable'
        log('policy-folder-unreadable', { code: thrown instanceof AppError ? thrown.code : 'internal' })
      }
    },
    isDrifted: () => drift !== undefined,
  }
}
