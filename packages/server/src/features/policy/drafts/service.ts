import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Actor, RecordChange } from '../../../platform/audit/change.ts'
import { runCases } from '../cases.ts'
import { readDocument, writeDocument } from '../document.ts'
import type { Engine } from '../engine.ts'
import { loadEngine } from '../engine.ts'
import type { PolicyStore } from '../store.ts'
import type { PolicyService, PolicySet } from '../types.ts'
import type { DraftStore } from './store.ts'
import type { PolicyDraft, PolicyDraftService } from './types.ts'

export interface PolicyDraftDeps {
  readonly store: DraftStore
  readonly sets: Pick<PolicyStore, 'findDocument'>
  readonly policy: Pick<PolicyService, 'activate'>
  readonly clock: Clock
  readonly recordChange: RecordChange
  /** Whether fewer than two people administer the tenant, so that nobody could be the second. */
  readonly isSingleControl: (tenant: string) => Promise<boolean>
}

export function createPolicyDraftService({
  store,
  sets,
  policy,
  clock,
  recordChange,
  isSingleControl,
}: PolicyDraftDeps): PolicyDraftService {
  async function require(tenant: string, sha256: string): Promise<PolicyDraft> {
    const found = await store.find(tenant, sha256)
    if (!found) throw new AppError('resource.unknown', { message: 'no such draft' })
    return found
  }

  async function readSet(tenant: string, sha256: string): Promise<PolicySet> {
    const document = await sets.findDocument(tenant, sha256)
    if (document === undefined) throw new AppError('resource.unknown', { message: 'no such policy set' })
    return readDocument(document, sha256)
  }

  const test: PolicyDraftService['test'] = async (actor, sha256, cases) => {
    await require(actor.tenant, sha256)
    const results = runCases(loadEngine(await readSet(actor.tenant, sha256), sha256, { remembers: false }), cases)
    const hasBoth = (['allow', 'deny'] as const).every((answer) => results.some(({ expected }) => expected === answer))
    if (hasBoth && results.every(({ isPassed }) => isPassed)) {
      const change = { actor, kind: 'policy.tested', object: sha256, counts: { cases: results.length } } as const
      await store.setTested(actor.tenant, sha256, { at: clock.now(), count: results.length }, (trx) =>
        recordChange(trx, change),
      )
    }
    return { draft: await require(actor.tenant, sha256), results }
  }

  return {
    list: async (tenant) => store.list(tenant),

    async draft(actor, set, cases, origin = 'uploaded') {
      const { document, sha256 } = writeDocument(set)
      verify(set, sha256)
      const draft = { sha256, origin, draftedBy: actor.id, draftedAt: clock.now(), isSingleControl: false }
      await store.add({ ...draft, tenant: actor.tenant, document }, (trx) =>
        recordChange(trx, { actor, kind: 'policy.drafted', object: sha256 }),
      )
      return test(actor, sha256, cases)
    },

    test,

    async approve(caller, sha256) {
      const { tenant, id, kind } = caller
      const actor: Actor = { tenant, id }
      const draft = await require(tenant, sha256)
      if (!draft.testedAt) throw new AppError('resource.conflict', { message: 'its cases have not passed' })
      const isOwn = draft.draftedBy === id
      if (kind !== 'human' || (isOwn && !(await isSingleControl(tenant)))) {
        throw new AppError('access.not-second-person', { message: 'another person than who drafted it must approve' })
      }
      const isApproved = await store.setApproved(
        tenant,
        sha256,
        { by: id, at: clock.now(), isSingleControl: isOwn },
        (trx) => recordChange(trx, { actor, kind: 'policy.approved', object: sha256 }),
      )
      if (!isApproved) throw new AppError('resource.conflict', { message: 'it is approved already' })
      return require(tenant, sha256)
    },

    async activate(actor, sha256) {
      const draft = await require(actor.tenant, sha256)
      if (draft.approvedBy === undefined) throw new AppError('resource.conflict', { message: 'it is not approved' })
      await policy.activate(actor, await readSet(actor.tenant, sha256))
      return draft
    },

    readSet,
  }
}

/** A set that a caller sent: what is wrong with it is the caller's to mend. */
function verify(set: PolicySet, sha256: string): Engine {
  try {
    return loadEngine(set, sha256, { remembers: false })
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause
    throw new AppError('policy.invalid', { message: cause.message, cause })
  }
}
