import type { Evaluation, Row, Share } from '@breakwater/deid/evaluate'

export type Cells = Readonly<Record<string, string | number | null>>

export function percent(share: number | null): number | null {
  return share === null ? null : Math.round(1000 * share) / 10
}

/** The figures of a run in one line: shares in per cent, `full` with its exact two-sided bounds. */
export function toCells(evaluation: Evaluation): Cells {
  const { full, perfect, over, verbatim, clinicalRetention } = evaluation
  return {
    spans: full.of,
    full: percent(full.share),
    bounds: bounds(full),
    perfect: percent(perfect.share),
    over: percent(over.share),
    precision: percent(evaluation.characterPrecision),
    verbatim: percent(verbatim.share),
    'F2 words': percent(evaluation.wordF2),
    'F2 strict': percent(evaluation.strictF2),
    'clinical kept': percent(clinicalRetention.share),
  }
}

export function rowCells(row: Row): Cells {
  return {
    name: row.name,
    spans: row.of,
    caught: percent(row.share),
    bounds: bounds(row),
    'at least': percent(row.atLeast),
  }
}

function bounds(share: Share): string {
  return share.of === 0 ? '' : `${percent(share.bounds.lower)}-${percent(share.bounds.upper)}`
}

export function print(title: string, rows: readonly Cells[]): void {
  const columns = Object.keys(rows[0] ?? {})
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))]
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)))
  const lines = cells.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd())
  process.stdout.write(`${title}\n${lines.join('\n')}\n\n`)
}
