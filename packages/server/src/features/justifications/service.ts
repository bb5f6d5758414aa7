import type { SealedFields } from '../../platform/secrets/sealed-fields.ts'
import type { CheckJustification } from '../../platform/text/justification.ts'
import type { JustificationStore } from './store.ts'
import type { Justifications, JustificationTable } from './types.ts'

export interface JustificationDeps {
  readonly store: JustificationStore
  readonly fields: SealedFields
  readonly check: CheckJustification
}

const TABLES: readonly JustificationTable[] = ['access_requests', 'break_glass', 'exceptions']

export function createJustifications({ store, fields, check }: JustificationDeps): Justifications {
  const justifications: Justifications = {
    check,

    seal: async (table, row, text) => ({ sealed: await fields.seal(placeOf(table, row), text) }),

    async open(table, { justification, ...row }) {
      return 'plain' in justification ? justification.plain : fields.open(placeOf(table, row), justification.sealed)
    },

    openAll: async (table, rows) =>
      Promise.all(rows.map(async (row) => ({ ...row, justification: await justifications.open(table, row) }))),

    async sealOld(tenant) {
      let count = 0
      for (const table of TABLES) {
        // What was accepted is not judged again: a stricter engine must not leave it lying in the clear.
        for (const { id, text } of await store.listPlain(tenant, table)) {
          const sealed = await fields.seal(placeOf(table, { tenant, id }), text)
          if (await store.replacePlain(tenant, table, id, sealed)) count += 1
        }
      }
      return count
    },
  }
  return justifications
}

function placeOf(table: JustificationTable, { tenant, id }: { readonly tenant: string; readonly id: string }) {
  return { tenant, objectClass: 'justification', table, column: 'sealed_justification', row: id }
}
