import type { LedgerService } from './features/ledger/index.ts'
import type { PersonStore } from './features/people/index.ts'
import type { Change, RecordChange } from './platform/audit/change.ts'
import { PROGRAM, toEntryDraft } from './platform/audit/change.ts'

/** Fewer people who administer, and one could do everything alone. */
export const MIN_ADMINISTRATORS = 2

/** Writes changes to the ledger; those of the time in which one person could do everything alone say so. */
export function createRecordChange(
  ledger: Pick<LedgerService, 'appendIn'>,
  people: Pick<PersonStore, 'countAdministratorsIn'>,
): RecordChange {
  return async (trx, change) => {
    const draft = toEntryDraft(change)
    const isAlone =
      isAdministrative(change) && (await people.countAdministratorsIn(trx, change.actor.tenant)) < MIN_ADMINISTRATORS
    const codes = isAlone ? [...new Set([...(draft.codes ?? []), 'single-control'])] : draft.codes
    await ledger.appendIn(trx, { ...draft, ...(codes && { codes }) })
  }
}

const OF_NOBODY =
  /^(session\.(started|ended|flagged)|device\.|key\.release|line-(batch|file)\.|scim\.(user|group)|signin\.)/

/** What somebody changed, as against what log-ins, released keys and the program itself leave. */
function isAdministrative({ actor, kind }: Change): boolean {
  return actor.id !== PROGRAM && !OF_NOBODY.test(kind)
}
