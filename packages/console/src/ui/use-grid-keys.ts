type Place = readonly [row: number, column: number]

const STEPS: Readonly<Record<string, Place>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/**
 * Arrow keys, Home and End within a grid that Tab enters at one place (WAI-ARIA, grid pattern). Buttons carry `data-at` with
 * row and column.
 */
export function useGridKeys(
  [row, column]: Place,
  [rows, columns]: Place,
  onMove: (to: Place) => void,
): (event: React.KeyboardEvent<HTMLElement>) => void {
  return (event) => {
    const to = readTarget(event.key, [row, column], columns)
    if (!to) return
    event.preventDefault()
    const within: Place = [clamp(to[0], rows), clamp(to[1], columns)]
    onMove(within)
    event.currentTarget.querySelector<HTMLElement>(`[data-at="${within.join(' ')}"]`)?.focus()
  }
}

function readTarget(key: string, [row, column]: Place, columns: number): Place | undefined {
  if (key === 'Home') return [row, 0]
  if (key === 'End') return [row, columns - 1]
  const step = STEPS[key]
  return step && [row + step[0], column + step[1]]
}

function clamp(at: number, length: number): number {
  return Math.max(0, Math.min(at, length - 1))
}
