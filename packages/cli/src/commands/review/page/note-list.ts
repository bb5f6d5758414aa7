import type { NoteEntry } from '../shape.ts'
import { make } from './dom.ts'

export type Filter = 'all' | 'open' | 'held'

export interface NoteList {
  show(entries: readonly NoteEntry[], current: number | undefined): void
  /** The notes that the filter leaves, in their order. */
  shown(): readonly NoteEntry[]
  setFilter(filter: Filter): void
}

/** The notes with their states; arrows move in it, Enter opens. */
export function createNoteList(list: HTMLElement, open: (index: number) => void): NoteList {
  const buttons = new Map<number, HTMLButtonElement>()
  const drawn = new Map<number, string>()
  let entries: readonly NoteEntry[] = []
  let filter: Filter = 'all'
  let current: number | undefined

  const passes = (entry: NoteEntry): boolean => {
    if (filter === 'open') return !entry.isAccepted
    return filter === 'all' || entry.isHeld || entry.isBlocked
  }
  const shown = (): readonly NoteEntry[] => entries.filter((entry) => passes(entry) || entry.index === current)

  function draw(): void {
    for (const entry of entries) {
      const isCurrent = entry.index === current
      const isShown = passes(entry) || isCurrent
      const state = JSON.stringify([entry, isCurrent, isShown])
      if (drawn.get(entry.index) === state) continue
      drawn.set(entry.index, state)
      let button = buttons.get(entry.index)
      if (button === undefined) {
        button = make('button', { type: 'button' })
        button.addEventListener('click', () => open(entry.index))
        buttons.set(entry.index, button)
        list.append(make('li', {}, button))
      }
      button.replaceChildren(make('span', { class: 'id' }, entry.id), ...describeStates(entry))
      button.tabIndex = isCurrent || (current === undefined && entry.index === 0) ? 0 : -1
      if (isCurrent) button.setAttribute('aria-current', 'true')
      else button.removeAttribute('aria-current')
      if (button.parentElement) button.parentElement.hidden = !isShown
    }
  }
  list.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const order = shown()
    const at = order.findIndex(({ index }) => buttons.get(index) === document.activeElement)
    const next = order[at + step]
    if (next) buttons.get(next.index)?.focus()
  })
  return {
    shown,
    show(now, at) {
      const isMoved = at !== current
      entries = now
      current = at
      draw()
      if (isMoved && at !== undefined) buttons.get(at)?.scrollIntoView({ block: 'nearest' })
    },
    setFilter(to) {
      filter = to
      draw()
    },
  }
}

function describeStates(entry: NoteEntry): readonly HTMLElement[] {
  const states: (readonly [string, string])[] = []
  if (entry.isBlocked) states.push(['blocked', '✕ blocked'])
  if (entry.isHeld) states.push(['held', '▲ held'])
  if (entry.isAccepted) states.push(['accepted', '✓ accepted'])
  if (entry.isChanged) states.push(['changed', '✎ changed'])
  states.push([
    'count',
    entry.spans === undefined ? 'not read yet' : `${entry.spans} ${entry.spans === 1 ? 'span' : 'spans'}`,
  ])
  return [make('span', { class: 'states' }, ...states.map(([name, text]) => make('span', { class: name }, text)))]
}
