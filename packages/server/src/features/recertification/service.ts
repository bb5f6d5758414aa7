import { randomUUID } from 'node:crypto'
import type { RecertificationKind } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { whenThere } from '../../platform/async/soon.ts'
import type { Change, RecordChange, Transaction } from '../../platform/audit/change.ts'
import { PROGRAM } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import type { Caller } from '../../platform/http/env.ts'
import { requireSecondPerson } from '../../platform/http/second-person.ts'
import type { RecertificationStore } from './store.ts'
import type { Campaign, CampaignWithItems, EntitlementSource, Item, RecertificationService } from './types.ts'

export interface RecertificationDeps {
  readonly store: RecertificationStore
  readonly clock: Clock
  readonly recordChange: RecordChange
  readonly sources: readonly EntitlementSource[]
}

const MAX_TERM_MS = 366 * 86_400_000

export function createRecertificationService(deps: RecertificationDeps): RecertificationService {
  const { store, clock, recordChange, sources } = deps
  const snapshots = createSnapshotCache({
    load: async (tenant) =>
      Map.groupBy(await store.listUnconfirmed(tenant), ({ kind, subject }) => keyOf(kind, subject)),
  })

  const isConfirmed: RecertificationService['isConfirmed'] = (tenant, kind, subject) =>
    whenThere(snapshots.get(tenant), (items) => {
      // Between campaigns there is nobody to be looked for.
      const unconfirmed = items.size === 0 ? undefined : items.get(keyOf(kind, subject))
      if (!unconfirmed) return true
      const now = clock.now()
      return !unconfirmed.some((item) => isTaken(item, now))
    })

  async function get(tenant: string, id: string): Promise<CampaignWithItems> {
    const campaign = await store.find(tenant, id)
    if (!campaign) throw new AppError('resource.unknown', { message: 'no such recertification' })
    return campaign
  }

  async function listItems(campaign: Campaign): Promise<Item[]> {
    const asked = sources.filter(({ kind }) => campaign.scope.includes(kind))
    const lists = await Promise.all(
      asked.map(async (source) =>
        (await source.list(campaign.tenant)).map((entitlement) => ({
          ...entitlement,
          tenant: campaign.tenant,
          id: randomUUID(),
          campaign: campaign.id,
          kind: source.kind,
          dueAt: campaign.dueAt,
        })),
      ),
    )
    return lists.flat()
  }

  /** What an answer or the clock took away, where it is kept, and the entry that says so. */
  async function sweepItems(tenant: string): Promise<number> {
    const actor = { tenant, id: PROGRAM }
    const at = clock.now()
    let count = 0
    const enforce = async (trx: Transaction, item: Item): Promise<void> => {
      await sources.find(({ kind }) => kind === item.kind)?.revoke(actor, item.subject)
      const kind = item.answer === 'revoke' ? 'recertification.revoked' : 'recertification.lapsed'
      await recordChange(trx, describeItem(actor, kind, item))
    }
    while (await store.enforceNext(tenant, at, enforce)) count++
    return count
  }

  return {
    isConfirmed,

    async listTaken(tenant, kind) {
      const now = clock.now()
      const items = [...(await snapshots.get(tenant)).values()].flat()
      return items.filter((item) => item.kind === kind && isTaken(item, now)).map(({ subject }) => subject)
    },

    enrich(caller) {
      const { tenant, id, credential } = caller
      return whenThere(credential ? isConfirmed(tenant, credential.kind, credential.id) : true, (isGood) => {
        if (!isGood) throw new AppError('auth.invalid', { message: 'the credential is not valid' })
        return whenThere(isConfirmed(tenant, 'principal', id), (isKept): Caller => {
          if (isKept) return caller
          const { defaultPurpose: _purpose, ...rest } = caller
          return { ...rest, roles: [], purposes: [], mayRestore: false }
        })
      })
    },

    async start(actor, { scope, reviewers, dueAt }) {
      const startedAt = clock.now()
      if (dueAt <= startedAt || dueAt.getTime() > startedAt.getTime() + MAX_TERM_MS) {
        throw new AppError('body.invalid', { message: 'the due date is to come, within a year', field: '/dueAt' })
      }
      const { tenant, id: startedBy } = actor
      const campaign: Campaign = { tenant, id: randomUUID(), scope, reviewers, startedBy, startedAt, dueAt }
      const items = await listItems(campaign)
      if (items.length === 0) throw new AppError('resource.conflict', { message: 'there is nothing to ask about' })
      if (items.some(({ holder }) => reviewers.every((reviewer) => reviewer === holder))) {
        const message = 'somebody would be the only one to review what is his own: name another reviewer'
        throw new AppError('body.invalid', { message, field: '/reviewers' })
      }
      const started = { ...campaign, items }
      await store.add(started, async (trx) =>
        recordChange(trx, describeCampaign(actor, 'recertification.started', campaign, { items: items.length })),
      )
      snapshots.drop(tenant)
      return started
    },

    list: async (tenant) => store.list(tenant),
    get,

    async answer(caller, campaignId, itemId, answer) {
      const campaign = await get(caller.tenant, campaignId)
      const item = campaign.items.find(({ id }) => id === itemId)
      if (!item) throw new AppError('resource.unknown', { message: 'no such item' })
      requireSecondPerson(caller, [item.holder])
      if (!campaign.reviewers.includes(caller.id)) {
        throw new AppError('access.not-second-person', { message: 'only a reviewer of this campaign answers' })
      }
      const isDone = await store.answer(item, { answer, by: caller.id, at: clock.now() }, async (trx) =>
        recordChange(trx, describeItem(caller, 'recertification.answered', item, [answer])),
      )
      if (!isDone) throw new AppError('resource.conflict', { message: 'it was answered, or its due date is past' })
      snapshots.drop(caller.tenant)
    },

    async sweep(tenant) {
      const count = await sweepItems(tenant)
      const closed = await store.closeDue(tenant, clock.now(), async (trx, campaign) =>
        recordChange(trx, describeCampaign({ tenant, id: PROGRAM }, 'recertification.closed', campaign)),
      )
      if (count + closed > 0) snapshots.drop(tenant)
      return count + closed
    },
  }
}

/** The clock's word, and a reviewer's: what nobody confirmed by its due date is gone. */
export function isTaken({ answer, dueAt }: Item, now: Date): boolean {
  return answer === 'revoke' || (answer === undefined && dueAt <= now)
}

function keyOf(kind: RecertificationKind, subject: string): string {
  return `${kind}/${subject}`
}

function describeCampaign(
  actor: Change['actor'],
  kind: Change['kind'],
  { id, scope }: Campaign,
  counts: Readonly<Record<string, number>> = {},
): Change {
  const features = [`recertification:${id}`, ...scope.map((one) => `scope:${one}`)]
  return { actor, kind, object: id, facts: { features, counts } }
}

function describeItem(actor: Change['actor'], kind: Change['kind'], item: Item, codes: readonly string[] = []): Change {
  const features = [`recertification:${item.campaign}`, `item:${item.id}`, `kind:${item.kind}`]
  const holder = item.holder === undefined ? {} : { principal: item.holder }
  return { actor, kind, object: item.id, facts: { features, codes, ...holder } }
}
