import { createStyle } from '../style.ts'
import type { Terminal } from '../terminal.ts'
import { formatBytes, formatCount } from './format.ts'

/** One line on a terminal that grows as work is done; silent where nobody looks. */
export interface Progress {
  add(done: { bytes: number; documents: number }): void
  /** Wipes the line. */
  end(): void
}

export interface ProgressOptions {
  readonly terminal: Pick<Terminal, 'stderr' | 'environment'>
  /** Bytes to do, if known. */
  readonly totalBytes?: number | undefined
  /** Monotonic, in milliseconds. */
  readonly now: () => number
}

export const NO_PROGRESS: Progress = { add: () => undefined, end: () => undefined }

const BAR_CELLS = 28
const REDRAW_MS = 80
/** Of a terminal that does not tell. */
const COLUMNS = 80

export function createProgress({ terminal: { stderr, environment }, totalBytes, now }: ProgressOptions): Progress {
  if (stderr.isTTY !== true) return NO_PROGRESS
  const style = createStyle(stderr, environment)
  const started = now()
  let bytes = 0
  let documents = 0
  let drawnAt = Number.NEGATIVE_INFINITY

  function draw(): void {
    const seconds = Math.max((now() - started) / 1000, 0.001)
    const count = formatCount(documents, 'document')
    const parts: Part[] = [
      [count, count],
      [formatBytes(bytes), formatBytes(bytes)],
      [`${formatBytes(bytes / seconds)}/s`, style.dim(`${formatBytes(bytes / seconds)}/s`)],
    ]
    if (totalBytes !== undefined && totalBytes > 0) {
      const share = Math.min(bytes / totalBytes, 1)
      const full = Math.round(share * BAR_CELLS)
      const bar = style.accent('━'.repeat(full)) + style.dim('─'.repeat(BAR_CELLS - full))
      const figure = ` ${String(Math.floor(share * 100)).padStart(3)} %`
      const isWide = (stderr.columns ?? COLUMNS) >= COLUMNS
      parts.unshift(isWide ? ['━'.repeat(BAR_CELLS) + figure, bar + figure] : [figure.trim(), figure.trim()])
    }
    stderr.write(`\r\u001b[2K${fit(parts, (stderr.columns ?? COLUMNS) - 1)}`)
  }
  return {
    add(done) {
      bytes += done.bytes
      documents += done.documents
      if (now() - drawnAt < REDRAW_MS) return
      drawnAt = now()
      draw()
    },
    end: () => void stderr.write('\r\u001b[2K'),
  }
}

/** What is read and what is drawn, colours included. */
type Part = readonly [string, string]

/** As many parts as one row holds: a line that wraps is not wiped whole. */
function fit(parts: readonly Part[], columns: number): string {
  let line = ''
  let width = 0
  for (const [read, drawn] of parts) {
    width += 2 + read.length
    if (width > columns) break
    line += `  ${drawn}`
  }
  return line
}
