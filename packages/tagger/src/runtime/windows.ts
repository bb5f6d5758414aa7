/** A stretch `[from, to)` that a model reads, and the part `[keepFrom, keepTo)` of it whose answers count. */
export interface Window {
  readonly from: number
  readonly to: number
  readonly keepFrom: number
  readonly keepTo: number
}

/**
 * Cuts `[0, count)` into windows of at most `size` that overlap: each answer is taken where it has the most context, so
 * the border lies in the middle of an overlap. The kept parts cover everything once.
 */
export function cutWindows(count: number, size: number, overlap: number): Window[] {
  const windows: Window[] = []
  let keepFrom = 0
  for (let from = 0; keepFrom < count; from += size - overlap) {
    const to = Math.min(count, from + size)
    const keepTo = to === count ? count : to - (overlap >> 1)
    windows.push({ from, to, keepFrom, keepTo })
    keepFrom = keepTo
  }
  return windows
}

/**
 * Windows of at most `size` around the wanted places only, `margin` on both sides of what is kept, the text's ends apart:
 * the slower model costs what it reads.
 */
export function windowsAround(wanted: Uint8Array, count: number, size: number, margin: number): Window[] {
  const windows: Window[] = []
  for (let at = 0; at < count; at++) {
    if (wanted[at] !== 1) continue
    const from = Math.max(0, at - margin)
    const most = Math.min(count, from + size)
    const keepMost = most === count ? count : Math.max(at + 1, most - margin)
    const last = wanted.lastIndexOf(1, keepMost - 1)
    const to = Math.min(most, last + 1 + margin)
    windows.push({ from, to, keepFrom: at, keepTo: to === count ? count : last + 1 })
    at = (windows.at(-1)?.keepTo ?? count) - 1
  }
  return windows
}
