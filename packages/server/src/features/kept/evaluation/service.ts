import { randomUUID } from 'node:crypto'
import type { EvaluationSample } from '@breakwater/contract'
import { evaluationSampleSchema } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { FieldPlace } from '@breakwater/keys'
import type { SealedFields } from '../../../platform/secrets/sealed-fields.ts'
import type { LedgerService } from '../../ledger/index.ts'
import { draftKept } from '../draft.ts'
import { forgiveShredded } from '../feedback/service.ts'
import type { History } from '../history/service.ts'
import { requirePurpose } from '../reader.ts'
import type { Rules } from '../rules/service.ts'
import type { EvaluationService, MaskText } from '../types.ts'
import type { EvaluationStore } from './store.ts'

export interface EvaluationDeps {
  readonly store: EvaluationStore
  readonly rules: Rules
  readonly history: Pick<History, 'openMasked'>
  readonly clock: Clock
  readonly ledger: Pick<LedgerService, 'append' | 'appendIn'>
  readonly fields: SealedFields
  readonly maskText: MaskText
}

/** As many references of patients as an entry has room for. */
const MAX_PATIENTS = 48

/** Sets of samples that somebody chose: crossings in their masked form, and texts that are masked when they come in. */
export function createEvaluations(deps: EvaluationDeps): EvaluationService {
  const { store, rules, history, clock, ledger, fields, maskText } = deps

  async function requireSet(tenant: string, id: string): Promise<void> {
    if (await store.has(tenant, id)) return
    throw new AppError('resource.unknown', { message: 'no such set' })
  }

  async function* openAll(tenant: string, ids: readonly string[]): AsyncGenerator<EvaluationSample, void, undefined> {
    for (const id of ids) {
      const item = await store.findItem(tenant, id, clock.now())
      if (!item) continue
      const { patient, crossing, sealed_sample: sealed } = item
      const text = await fields.open(placeOf(tenant, id, patient), sealed).catch(forgiveShredded)
      if (text === undefined) continue
      yield evaluationSampleSchema.parse({ id, ...(crossing !== null && { crossing }), ...Object(JSON.parse(text)) })
    }
  }

  return {
    async listEvaluations({ tenant }) {
      const sets = await store.list(tenant, clock.now())
      return sets.map(({ id, created_by, created_at, count }) => ({
        id,
        createdBy: created_by,
        createdAt: created_at.toISOString(),
        count,
      }))
    },

    async createEvaluation(caller, id) {
      const { tenant } = caller
      await rules.require(tenant, 'evaluation')
      const set = { id, created_by: caller.id, created_at: clock.now() }
      const isNew = await store.create(tenant, set, (trx) =>
        ledger.appendIn(trx, draftKept(caller, 'kept.written', id, { codes: ['evaluation'] })),
      )
      if (!isNew) throw new AppError('resource.conflict', { message: 'there is a set of that name' })
      return { id, createdBy: caller.id, createdAt: set.created_at.toISOString(), count: 0 }
    },

    async addSample(caller, evaluation, input) {
      const { tenant } = caller
      const rule = await rules.require(tenant, 'evaluation')
      requirePurpose(caller, rule.purpose, rule)
      await requireSet(tenant, evaluation)
      const id = randomUUID()
      let sample: Record<string, string>
      let patient: string | undefined
      if ('crossing' in input) {
        const ofHistory = await rules.require(tenant, 'history')
        requirePurpose(caller, ofHistory.purpose, ofHistory)
        const { patient: subject, ...texts } = await history.openMasked(tenant, input.crossing)
        patient = subject
        sample = texts
      } else {
        sample = { text: await maskText(caller, input.text, '/text') }
      }
      const crossing = 'crossing' in input ? input.crossing : null
      const item = {
        id,
        evaluation,
        crossing,
        patient: patient ?? null,
        sealed_sample: await fields.seal(placeOf(tenant, id, patient), JSON.stringify(sample)),
        chosen_by: caller.id,
        kept_at: clock.now(),
      }
      const about = {
        purpose: rule.purpose,
        patients: patient === undefined ? [] : [patient],
        codes: ['evaluation', crossing === null ? 'text' : 'crossing'],
        ...(crossing !== null && { crossing }),
      }
      const kept = await store.add(tenant, item, (trx) =>
        ledger.appendIn(trx, draftKept(caller, 'kept.written', evaluation, about)),
      )
      if (!kept) throw new AppError('resource.conflict', { message: 'the set has this crossing, or is gone' })
      return { id, expiresAt: kept.expiresAt.toISOString() }
    },

    async removeEvaluation(caller, evaluation, item) {
      const codes = [item === undefined ? 'evaluation' : 'sample']
      const isRemoved = await store.remove(caller.tenant, evaluation, item, (trx) =>
        ledger.appendIn(trx, draftKept(caller, 'kept.deleted', evaluation, { codes })),
      )
      if (!isRemoved) throw new AppError('resource.unknown', { message: 'no such set or sample' })
    },

    async exportEvaluation(caller, evaluation, purpose) {
      const { tenant } = caller
      requirePurpose(caller, purpose, await rules.require(tenant, 'evaluation'))
      await requireSet(tenant, evaluation)
      const items = await store.listItems(tenant, evaluation, clock.now())
      const patients = [...new Set(items.flatMap(({ patient }) => patient ?? []))]
      const counts = { records: items.length, patients: patients.length }
      const about = { purpose, counts, patients: patients.slice(0, MAX_PATIENTS) }
      // Before the first line leaves.
      await ledger.append(draftKept(caller, 'kept.exported', evaluation, about))
      return openAll(
        tenant,
        items.map(({ id }) => id),
      )
    },
  }
}

function placeOf(tenant: string, id: string, patient: string | null | undefined): FieldPlace {
  return {
    tenant,
    objectClass: 'kept-evaluation',
    table: 'evaluation_items',
    column: 'sealed_sample',
    row: id,
    ...(typeof patient === 'string' && { subject: patient }),
  }
}
