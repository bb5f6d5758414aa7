import { randomUUID } from 'node:crypto'
import { EMERGENCY_PURPOSE } from '@breakwater/contract'
import type { BreakGlassRecord } from '@breakwater/contract'
import type { Clock, Log } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { whenThere } from '../../platform/async/soon.ts'
import type { Change, RecordChange } from '../../platform/audit/change.ts'
import { PROGRAM } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import type { Caller } from '../../platform/http/env.ts'
import { requireSecondPerson } from '../../platform/http/second-person.ts'
import { requireStepUp } from '../../platform/http/step-up.ts'
import type { AlertService } from '../alerts/index.ts'
import type { Justifications } from '../justifications/index.ts'
import type { BreakGlassStore } from './store.ts'
import type { BreakGlass, BreakGlassService, KeptBreakGlass } from './types.ts'

export interface BreakGlassDeps {
  readonly store: BreakGlassStore
  readonly clock: Clock
  readonly log: Log
  readonly recordChange: RecordChange
  readonly justifications: Justifications
  readonly alerts: Pick<AlertService, 'raiseIn'>
}

/** By then somebody else has looked at it. */
const REVIEW_SECONDS = 72 * 3_600

export function createBreakGlassService(deps: BreakGlassDeps): BreakGlassService {
  const { store, clock, log, recordChange, justifications, alerts } = deps
  const snapshots = createSnapshotCache({ load: (tenant) => store.listOpen(tenant, clock.now()) })

  async function requireKnown(tenant: string, id: string): Promise<KeptBreakGlass> {
    const row = await store.find(tenant, id)
    if (!row) throw new AppError('resource.unknown', { message: 'no such break-glass' })
    return row
  }

  return {
    enrich: (caller) =>
      whenThere(snapshots.get(caller.tenant), (open): Caller => {
        if (open.length === 0) return caller
        const now = clock.now()
        const person = findPerson(caller)
        const found = open.find((row) => row.principal === person && stateOf(row, now) === 'open')
        if (!found) return caller
        const purposes = [...new Set([...caller.purposes, EMERGENCY_PURPOSE] as const)]
        return { ...caller, purposes, breakGlass: found.id }
      }),

    async open(caller, { reason, justification, seconds, control }) {
      requireStepUp(caller, clock)
      await justifications.check(justification)
      const openedAt = clock.now()
      const after = (delaySeconds: number): Date => new Date(openedAt.getTime() + delaySeconds * 1_000)
      const { tenant, id: principal } = caller
      const row: BreakGlass = {
        tenant,
        id: randomUUID(),
        principal,
        reason,
        justification,
        control,
        openedAt,
        endsAt: after(seconds),
        reviewDueAt: after(REVIEW_SECONDS),
      }
      const kept = { ...row, justification: await justifications.seal('break_glass', row, justification) }
      const isDone = await store.open(kept, async (trx) => {
        await alerts.raiseIn(trx, { tenant, kind: 'break-glass-opened', object: row.id })
        await recordChange(trx, describe(caller, 'break-glass.opened', row, [reason, control]))
      })
      if (!isDone) throw new AppError('resource.conflict', { message: 'a break-glass of yours is open already' })
      snapshots.drop(tenant)
      log('break-glass-opened', { tenant, principal, breakGlass: row.id, reason, seconds })
      return row
    },

    async confirm(caller, id) {
      const row = await requireKnown(caller.tenant, id)
      requireSecondPerson(caller, [row.principal])
      const isDone = await store.confirm(caller.tenant, id, { by: caller.id, at: clock.now() }, async (trx) =>
        recordChange(trx, describe(caller, 'break-glass.confirmed', row)),
      )
      if (!isDone) throw new AppError('resource.conflict', { message: 'it does not wait for a second person' })
      snapshots.drop(caller.tenant)
    },

    async close(actor, id) {
      const row = await requireKnown(actor.tenant, id)
      if (row.principal !== actor.id) throw new AppError('resource.unknown', { message: 'no such break-glass' })
      const isDone = await store.close(actor.tenant, id, { by: actor.id, at: clock.now() }, async (trx) =>
        recordChange(trx, describe(actor, 'break-glass.closed', row)),
      )
      if (!isDone) throw new AppError('resource.conflict', { message: 'it is over already' })
      snapshots.drop(actor.tenant)
    },

    async review(caller, id, finding) {
      const row = await requireKnown(caller.tenant, id)
      requireSecondPerson(caller, [row.principal, row.confirmedBy])
      const deed = { by: caller.id, at: clock.now(), finding }
      const isDone = await store.review(caller.tenant, id, deed, async (trx) =>
        recordChange(trx, describe(caller, 'break-glass.reviewed', row, [finding])),
      )
      if (!isDone) throw new AppError('resource.conflict', { message: 'it is still open, or was reviewed' })
    },

    list: async (tenant) => justifications.openAll('break_glass', await store.list(tenant)),

    async closeAllIn(trx, actor, principal) {
      const closed = await store.closeOfIn(trx, actor.tenant, principal, { by: actor.id, at: clock.now() })
      return closed.map((row) => describe(actor, 'break-glass.closed', row))
    },

    refresh: (tenant) => snapshots.drop(tenant),

    async sweep(tenant) {
      const actor = { tenant, id: PROGRAM }
      return store.markOverdue(tenant, clock.now(), async (trx, row) => {
        await alerts.raiseIn(trx, { tenant, kind: 'break-glass-review-overdue', object: row.id })
        await recordChange(trx, describe(actor, 'break-glass.overdue', row))
        log('break-glass-review-overdue', { tenant, breakGlass: row.id })
      })
    },
  }
}

/** What it is at this second: the clock says, no job. */
export function stateOf(row: Omit<BreakGlass, 'justification'>, now: Date): BreakGlassRecord['state'] {
  if (row.closedAt !== undefined || now < row.openedAt || now >= row.endsAt) return 'closed'
  return row.control === 'review' || row.confirmedBy !== undefined ? 'open' : 'to confirm'
}

/** Who stands behind the request: nobody whom a header merely names. */
function findPerson({ kind, id, actor }: Caller): string | undefined {
  if (kind === 'human') return id
  return actor?.assurance === 'verified' ? actor.id : undefined
}

function describe(
  actor: Change['actor'],
  kind: Change['kind'],
  { id, principal, openedAt, endsAt }: Omit<BreakGlass, 'justification'>,
  codes: readonly string[] = [],
): Change {
  const seconds = (endsAt.getTime() - openedAt.getTime()) / 1_000
  return { actor, kind, object: id, facts: { principal, features: [`break-glass:${id}`], codes, counts: { seconds } } }
}
