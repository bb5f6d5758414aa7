import type { HistoryRecord } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { FieldPlace } from '@breakwater/keys'
import { PROGRAM } from '../../../platform/audit/change.ts'
import type { SealedFields } from '../../../platform/secrets/sealed-fields.ts'
import type { LedgerService } from '../../ledger/index.ts'
import type { PolicyService } from '../../policy/index.ts'
import type { Principal } from '../../principals/index.ts'
import { draftKept } from '../draft.ts'
import { requirePurpose } from '../reader.ts'
import type { Rules } from '../rules/service.ts'
import type { CrossingTexts, KeptCrossing, KeptService, OpenPurpose } from '../types.ts'
import type { HistoryHead, HistoryRow, HistoryStore } from './store.ts'

export interface HistoryDeps {
  readonly store: HistoryStore
  readonly rules: Rules
  readonly clock: Clock
  readonly ledger: Pick<LedgerService, 'append' | 'appendIn'>
  readonly fields: SealedFields
  readonly policy: Pick<PolicyService, 'decideRestore'>
}

export interface History extends Pick<KeptService, 'listHistory' | 'readHistory'> {
  /** Seals and writes one crossing, with its entry. Throws `body.too-large`, `keys.*`, `database.unavailable`. */
  write(crossing: KeptCrossing): Promise<void>
  recordDropped(tenant: string, counts: Readonly<Record<string, number>>): Promise<void>
  /** The masked texts of a crossing whose time is not over. Throws `resource.unknown`, `keys.*`. */
  openMasked(tenant: string, crossing: string): Promise<CrossingTexts & { readonly patient: string | undefined }>
}

/** The longest text that is kept: as much as a request may hold (docs/configuration.md). */
const MAX_TEXT_BYTES = 1_048_576

const OBJECT_CLASS = 'kept-history'

type Column = 'sealed_request' | 'sealed_answer' | 'sealed_restored_request' | 'sealed_restored_answer'

interface Place {
  readonly tenant: string
  readonly crossing: string
  readonly patient?: string | null | undefined
}

/** Prompts and answers: masked, and restored where the tenant keeps them so; each sealed for its row and its patient. */
export function createHistory({ store, rules, clock, ledger, fields, policy }: HistoryDeps): History {
  async function seal(place: Place, column: Column, text: string): Promise<Buffer> {
    if (Buffer.byteLength(text) > MAX_TEXT_BYTES) {
      throw new AppError('body.too-large', { message: 'a text is longer than what is kept' })
    }
    return fields.seal(placeOf(place, column), text)
  }

  async function requireRow(tenant: string, crossing: string): Promise<HistoryRow> {
    const row = await store.find(tenant, crossing, clock.now())
    if (row) return row
    throw new AppError('resource.unknown', { message: 'no such crossing is kept' })
  }

  /** Every class that was masked, or nothing: half of a restored text would tell neither form. */
  async function mayRestore(caller: Principal, classes: readonly string[], purpose: OpenPurpose): Promise<boolean> {
    if (!caller.mayRestore) return false
    if (classes.length === 0) return true
    const { classes: allowed } = await policy.decideRestore({ principal: caller, purpose, classes })
    return classes.every((name) => allowed.has(name))
  }

  return {
    async write(crossing) {
      const { tenant, patient, principal } = crossing
      const { masked, restored } = await crossing.read()
      const row = {
        crossing: crossing.crossing,
        principal,
        endpoint: crossing.endpoint,
        provider: crossing.provider,
        model: crossing.model,
        purpose: crossing.purpose,
        is_stream: crossing.isStream,
        patient: patient ?? null,
        classes: [...crossing.classes],
        sealed_request: await seal(crossing, 'sealed_request', masked.request),
        sealed_answer: await seal(crossing, 'sealed_answer', masked.answer),
        sealed_restored_request: restored ? await seal(crossing, 'sealed_restored_request', restored.request) : null,
        sealed_restored_answer: restored ? await seal(crossing, 'sealed_restored_answer', restored.answer) : null,
        kept_at: clock.now(),
      }
      const about = {
        crossing: crossing.crossing,
        purpose: crossing.purpose,
        patients: patient === undefined ? [] : [patient],
        codes: restored ? ['restored'] : [],
      }
      await store.add(tenant, row, (trx) =>
        ledger.appendIn(trx, draftKept({ tenant, id: principal }, 'kept.written', 'history', about)),
      )
    },

    async recordDropped(tenant, counts) {
      const actor = { tenant, id: PROGRAM }
      await ledger.append(draftKept(actor, 'kept.dropped', 'history', { counts, decision: 'deny' }))
    },

    async listHistory(caller, { purpose, before, limit }) {
      const { tenant } = caller
      requirePurpose(caller, purpose, await rules.require(tenant, 'history'))
      const now = clock.now()
      const until = before === undefined ? new Date(now.getTime() + 1) : new Date(before)
      const rows = await store.list(tenant, { now, before: until, limit })
      await ledger.append(
        draftKept(caller, 'kept.read', 'history', { purpose, counts: { records: rows.length }, codes: ['list'] }),
      )
      return rows.map(toRecord)
    },

    async readHistory(caller, crossing, { purpose, form }) {
      const { tenant } = caller
      requirePurpose(caller, purpose, await rules.require(tenant, 'history'))
      const row = await requireRow(tenant, crossing)
      const { sealed_restored_request: request, sealed_restored_answer: answer } = row
      let sealed = { request: row.sealed_request, answer: row.sealed_answer }
      if (form === 'restored') {
        if (!(await mayRestore(caller, row.classes, purpose))) {
          throw new AppError('policy.denied', {
            message: 'the policy set does not permit restoring all that was masked',
          })
        }
        if (!request || !answer) throw new AppError('resource.unknown', { message: 'only its masked form is kept' })
        sealed = { request, answer }
      }
      const place = { tenant, crossing, patient: row.patient }
      const prefix = form === 'restored' ? 'sealed_restored_' : 'sealed_'
      const texts = {
        request: await fields.open(placeOf(place, `${prefix}request`), sealed.request),
        answer: await fields.open(placeOf(place, `${prefix}answer`), sealed.answer),
      }
      await ledger.append(
        draftKept(caller, 'kept.read', 'history', {
          crossing,
          purpose,
          patients: row.patient === null ? [] : [row.patient],
          counts: { records: 1 },
          codes: [form],
        }),
      )
      return { ...toRecord({ ...row, has_restored: request !== null }), form, ...texts }
    },

    async openMasked(tenant, crossing) {
      const { patient, sealed_request: request, sealed_answer: answer } = await requireRow(tenant, crossing)
      const place = { tenant, crossing, patient }
      return {
        patient: patient ?? undefined,
        request: await fields.open(placeOf(place, 'sealed_request'), request),
        answer: await fields.open(placeOf(place, 'sealed_answer'), answer),
      }
    },
  }
}

function placeOf({ tenant, crossing, patient }: Place, column: Column): FieldPlace {
  return {
    tenant,
    objectClass: OBJECT_CLASS,
    table: 'kept_history',
    column,
    row: crossing,
    ...(typeof patient === 'string' && { subject: patient }),
  }
}

function toRecord(row: HistoryHead): HistoryRecord {
  const { crossing, principal, endpoint, provider, model, purpose, classes, patient } = row
  return {
    crossing,
    principal,
    endpoint,
    provider,
    model,
    purpose,
    classes,
    isStream: row.is_stream,
    hasRestored: row.has_restored,
    ...(patient !== null && { patient }),
    keptAt: row.kept_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }
}
