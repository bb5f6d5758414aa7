import type { Candidate } from './patterns/pattern.ts'

const HEADED = /(?<![\p{L}\p{N}])(?:age|edad)(?![\p{L}\p{N}])/iu
const HEADER = /^\W*(?:(?:pt|patient)(?:'s)?[ _])?(?:age|edad)(?:[ _]?\(?(?:y|yrs?|years|anos)\)?)?\W*$/i
const CELL = /^\W*(\d{1,3})\W*$/
const SEPARATORS = ['|', '\t', ',', ';']
const SCORE = 0.9

interface Column {
  readonly separator: string
  readonly at: number
  readonly cells: number
}

/** The ages under a heading that says so, in tables of any separator: nothing beside the number tells. Linear time. */
export function findAgeColumns(text: string): Candidate[] {
  if (!HEADED.test(text)) return []
  const found: Candidate[] = []
  let column: Column | undefined
  let start = 0
  for (const line of text.split('\n')) {
    const cells = column ? split(line, column.separator) : []
    if (column && cells.length === column.cells) {
      const cell = cells[column.at] ?? ''
      const [, age] = CELL.exec(cell) ?? []
      if (age !== undefined) {
        const before = cells.slice(0, column.at).reduce((length, { length: one }) => length + one + 1, 0)
        const from = start + before + cell.indexOf(age)
        const place = { start: from, end: from + age.length }
        found.push({ ...place, class: 'AGE', role: 'unknown', score: SCORE, source: 'age.column' })
      }
    } else column = undefined
    if (HEADED.test(line)) column = readHeader(line) ?? column
    start += line.length + 1
  }
  return found
}

/** Cells of one line; a quoted one keeps its separators (RFC 4180). As long as the line in all. */
function split(line: string, separator: string): string[] {
  const isQuoted = separator !== '\t' && line.includes('"')
  return (isQuoted ? line.replace(/"[^"]*"/g, (cell) => cell.replaceAll(separator, ' ')) : line).split(separator)
}

function readHeader(line: string): Column | undefined {
  for (const separator of SEPARATORS) {
    const cells = split(line, separator)
    const at = cells.findIndex((cell) => HEADER.test(cell))
    if (cells.length > 1 && at >= 0) return { separator, at, cells: cells.length }
  }
  return undefined
}
