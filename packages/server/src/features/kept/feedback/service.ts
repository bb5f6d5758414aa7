import { randomUUID } from 'node:crypto'
import type { FeedbackRecord } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { FieldPlace } from '@breakwater/keys'
import type { SealedFields } from '../../../platform/secrets/sealed-fields.ts'
import type { LedgerService } from '../../ledger/index.ts'
import type { PolicyService } from '../../policy/index.ts'
import { draftKept } from '../draft.ts'
import { requirePurpose } from '../reader.ts'
import type { Rules } from '../rules/service.ts'
import type { KeptService, MaskText } from '../types.ts'
import type { FeedbackRow, FeedbackStore } from './store.ts'

export interface FeedbackDeps {
  readonly store: FeedbackStore
  readonly rules: Rules
  readonly clock: Clock
  readonly ledger: Pick<LedgerService, 'append' | 'appendIn' | 'findIntent'>
  readonly fields: SealedFields
  readonly policy: Pick<PolicyService, 'decide'>
  readonly maskText: MaskText
}

/** What callers say of answers. A comment is a prompt that nobody sends: masked, looked at again, sealed. */
export function createFeedback(deps: FeedbackDeps): Pick<KeptService, 'giveFeedback' | 'listFeedback'> {
  const { store, rules, clock, ledger, fields, policy, maskText } = deps
  return {
    async giveFeedback(caller, crossing, { rating, reasonCode, comment }) {
      const { tenant } = caller
      await rules.require(tenant, 'feedback')
      const intent = await ledger.findIntent(tenant, crossing)
      const isOwn = intent?.principal === caller.id
      // Whoever may read of other people's crossings may rate them; to others there is no such crossing.
      if (!intent || !(isOwn || (await policy.decide({ principal: caller, action: 'readKept' })).isAllowed)) {
        throw new AppError('resource.unknown', { message: 'no such crossing' })
      }
      const [patient] = intent.patients
      const id = randomUUID()
      const masked = comment === undefined ? undefined : await maskText(caller, comment, '/comment')
      const row = {
        id,
        crossing,
        principal: caller.id,
        rating,
        reason: reasonCode,
        patient: patient ?? null,
        sealed_comment: masked === undefined ? null : await fields.seal(placeOf({ tenant, id, patient }), masked),
        kept_at: clock.now(),
      }
      const kept = await store.put(tenant, row, (trx) =>
        ledger.appendIn(
          trx,
          draftKept(caller, 'kept.written', 'feedback', {
            crossing,
            patients: intent.patients,
            codes: [`rating:${rating}`, `reason:${reasonCode}`, ...(masked === undefined ? [] : ['comment'])],
          }),
        ),
      )
      if (!kept) throw new AppError('resource.unknown', { message: 'nothing is kept: feedback is off' })
      return { id, expiresAt: kept.expiresAt.toISOString() }
    },

    async listFeedback(caller, { purpose, before, limit }) {
      const { tenant } = caller
      requirePurpose(caller, purpose, await rules.require(tenant, 'feedback'))
      const now = clock.now()
      const until = before === undefined ? new Date(now.getTime() + 1) : new Date(before)
      const rows = await store.list(tenant, { now, before: until, limit })
      const told = await Promise.all(
        rows.map(async (row): Promise<FeedbackRecord> => {
          const { id, patient, sealed_comment: sealed } = row
          if (sealed === null) return toRecord(row)
          const comment = await fields.open(placeOf({ tenant, id, patient }), sealed).catch(forgiveShredded)
          return { ...toRecord(row), ...(comment !== undefined && { comment }) }
        }),
      )
      await ledger.append(
        draftKept(caller, 'kept.read', 'feedback', { purpose, counts: { records: rows.length }, codes: ['masked'] }),
      )
      return told
    },
  }
}

/** A list goes on without the comments of a patient whose keys are gone. */
export function forgiveShredded(thrown: unknown): undefined {
  if (thrown instanceof AppError && thrown.code === 'keys.destroyed') return undefined
  throw thrown
}

interface Place {
  readonly tenant: string
  readonly id: string
  readonly patient: string | null | undefined
}

function placeOf({ tenant, id, patient }: Place): FieldPlace {
  return {
    tenant,
    objectClass: 'kept-feedback',
    table: 'kept_feedback',
    column: 'sealed_comment',
    row: id,
    ...(typeof patient === 'string' && { subject: patient }),
  }
}

function toRecord(row: FeedbackRow): FeedbackRecord {
  const { id, crossing, principal, rating, reason, kept_at: keptAt, expires_at: expiresAt } = row
  const times = { keptAt: keptAt.toISOString(), expiresAt: expiresAt.toISOString() }
  return { id, crossing, principal, rating, reasonCode: reason, hasComment: row.sealed_comment !== null, ...times }
}
