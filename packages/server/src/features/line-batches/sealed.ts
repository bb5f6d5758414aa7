import type { SealedFields } from '../../platform/secrets/sealed-fields.ts'

type Place = Parameters<SealedFields['seal']>[0]

const objectClass = 'line-batch'

/** Where each sealed text lies: moved to another tenant, file, batch or line, it does not open. */
export const PLACES = {
  name: (tenant: string, file: string): Place => ({
    tenant,
    objectClass,
    table: 'line_files',
    column: 'sealed_name',
    row: file,
  }),
  context: (tenant: string, batch: string): Place => ({
    tenant,
    objectClass,
    table: 'line_batches',
    column: 'sealed_context',
    row: batch,
  }),
  line: (tenant: string, file: string, number: number): Place => ({
    tenant,
    objectClass,
    table: 'line_file_lines',
    column: 'sealed_line',
    row: `${file}/${number}`,
  }),
  result: (tenant: string, batch: string, number: number): Place => ({
    tenant,
    objectClass,
    table: 'line_results',
    column: 'sealed_result',
    row: `${batch}/${number}`,
  }),
} as const
