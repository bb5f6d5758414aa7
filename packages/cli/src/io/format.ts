import type { Style } from '../style.ts'

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Decimal units, three figures at most: `3.1 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1
  return `${value.toFixed(digits)} ${UNITS[unit]}`
}

/** `1 document`, `1,204 documents`. */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`}`
}

/** Columns side by side; those of numbers stand to the right. A header has no say in that. */
export function formatColumns(rows: readonly (readonly string[])[], header: readonly string[] = []): string[] {
  const all = header.length > 0 ? [header, ...rows] : rows
  const columns = Math.max(0, ...all.map((row) => row.length))
  const shapes = Array.from({ length: columns }, (_, column) => ({
    width: Math.max(...all.map((row) => (row[column] ?? '').length)),
    isNumeric: rows.every((row) => /^[\d,.]*$/.test(row[column] ?? '')),
  }))
  return all.map((row) =>
    shapes
      .map(({ width, isNumeric }, column) =>
        isNumeric ? (row[column] ?? '').padStart(width) : (row[column] ?? '').padEnd(width),
      )
      .join('   ')
      .trimEnd(),
  )
}

/** The same under a header that stands back. */
export function formatTable(rows: readonly (readonly string[])[], header: readonly string[], style: Style): string[] {
  const [first = '', ...lines] = formatColumns(rows, header)
  return [style.dim(first), ...lines]
}

const CONTROLS = /[^\P{Cc}\n\t]/gu

/** A text of somebody else's, without what would steer a terminal (ECMA-48). */
export function withoutControls(text: string): string {
  return text.replaceAll(CONTROLS, '\uFFFD')
}
