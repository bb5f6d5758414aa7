import { randomUUID } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Change, RecordChange } from '../../platform/audit/change.ts'
import { PROGRAM } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import { requireSecondPerson } from '../../platform/http/second-person.ts'
import type { Justifications } from '../justifications/index.ts'
import type { ExceptionStore } from './store.ts'
import type { ExceptionService, KeptException, RiskException } from './types.ts'

export interface ExceptionDeps {
  readonly store: ExceptionStore
  readonly clock: Clock
  readonly recordChange: RecordChange
  readonly justifications: Justifications
}

const WHOLE_TENANT = '*'

export function createExceptionService(deps: ExceptionDeps): ExceptionService {
  const { store, clock, recordChange, justifications } = deps
  const snapshots = createSnapshotCache({ load: (tenant) => store.listOpen(tenant) })

  async function findInForce(
    tenant: string,
    matches: (row: KeptException) => boolean,
  ): Promise<KeptException | undefined> {
    const rows = await snapshots.get(tenant)
    const now = clock.now()
    return rows.find((row) => row.approvedAt !== undefined && now < row.expiresAt && matches(row))
  }

  async function explainRefusal(tenant: string, id: string): Promise<never> {
    if (!(await store.find(tenant, id))) throw new AppError('resource.unknown', { message: 'no such exception' })
    throw new AppError('resource.conflict', { message: 'the exception has been answered, has ended or has expired' })
  }

  return {
    isInForce: async (tenant, kind, subject) =>
      (await findInForce(
        tenant,
        (row) => row.kind === kind && (row.subject === subject || row.subject === WHOLE_TENANT),
      )) !== undefined,

    isInForceById: async (tenant, id) => (await findInForce(tenant, (row) => row.id === id)) !== undefined,

    list: async (tenant) => justifications.openAll('exceptions', await store.list(tenant)),

    async propose(caller, { seconds, ...input }) {
      await justifications.check(input.justification)
      const proposedAt = clock.now()
      const expiresAt = new Date(proposedAt.getTime() + seconds * 1_000)
      const { tenant, id: proposedBy } = caller
      const row: RiskException = { ...input, tenant, id: randomUUID(), proposedBy, proposedAt, expiresAt }
      const justification = await justifications.seal('exceptions', row, row.justification)
      await store.insert({ ...row, justification }, async (trx) =>
        recordChange(trx, describe(caller, 'exception.proposed', row)),
      )
      return row
    },

    async approve(caller, id) {
      const row = (await store.find(caller.tenant, id)) ?? (await explainRefusal(caller.tenant, id))
      requireSecondPerson(caller, [row.proposedBy, row.owner])
      const deed = { by: caller.id, at: clock.now() }
      const isDone = await store.approve(caller.tenant, id, deed, async (trx) =>
        recordChange(trx, describe(caller, 'exception.approved', row)),
      )
      if (!isDone) await explainRefusal(caller.tenant, id)
      snapshots.drop(caller.tenant)
    },

    async end(actor, id) {
      const row = (await store.find(actor.tenant, id)) ?? (await explainRefusal(actor.tenant, id))
      const kind = row.approvedAt === undefined ? 'exception.denied' : 'exception.ended'
      const deed = { by: actor.id, at: clock.now() }
      const isDone = await store.end(actor.tenant, id, deed, async (trx) =>
        recordChange(trx, describe(actor, kind, row, ['revoked'])),
      )
      if (!isDone) await explainRefusal(actor.tenant, id)
      snapshots.drop(actor.tenant)
    },

    addIn: async (trx, row) => store.insertIn(trx, row),
    refresh: (tenant) => snapshots.drop(tenant),

    async sweep(tenant) {
      const actor = { tenant, id: PROGRAM }
      const deed = { by: PROGRAM, at: clock.now() }
      return store.endExpired(tenant, deed, async (trx, row) =>
        recordChange(trx, describe(actor, 'exception.ended', row, ['expired'])),
      )
    },
  }
}

function describe(
  actor: Change['actor'],
  kind: Change['kind'],
  row: Omit<RiskException, 'justification'>,
  codes: readonly string[] = [],
): Change {
  const features = [`exception:${row.id}`, `kind:${row.kind}`]
  return { actor, kind, object: row.id, facts: { principal: row.owner, features, codes } }
}
