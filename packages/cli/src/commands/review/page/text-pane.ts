import type { NoteView, Outcome, Range } from '../shape.ts'
import { make } from './dom.ts'
import { overlaps } from './edits.ts'
import type { Spans } from './edits.ts'
import { groupOf } from './evidence.ts'

/** What stands at a stretch of text, besides its words. */
interface Layer {
  readonly range: Range
  readonly name: string
}

export interface BeforePane {
  readonly note: NoteView
  readonly spans: Spans
  readonly outcome: Outcome
  /** The span that keys work on. */
  readonly focused: number | undefined
  readonly cursor: Range | undefined
}

/** The original: spans as marks that can be focused; under them what the second detector sees, and the cursor. */
export function renderBefore({ note, spans, outcome, focused, cursor }: BeforePane): readonly Node[] {
  const layers: Layer[] = [
    ...outcome.hits.map(({ from }) => ({ range: from, name: 'hit' })),
    ...note.detected
      .filter((found) => !spans.some((span) => overlaps(span, found)))
      .map((found) => ({ range: found, name: 'dropped' })),
    ...(cursor ? [{ range: cursor, name: 'cursor' }] : []),
  ]
  return renderMarked(note.text, spans, layers, (range, index) => {
    const span = spans[index]
    if (span === undefined) return make('mark')
    const isChanged = outcome.changes.some(({ from }) => overlaps(from, range))
    const isAdded = !note.detected.some((found) => overlaps(found, range))
    const states = [isChanged ? '' : 'kept', isAdded ? 'added' : ''].filter((state) => state !== '')
    const surface = note.text.slice(range.start, range.end)
    return make('mark', {
      class: [groupOf(span.class), ...states].join(' '),
      role: 'button',
      tabindex: index === (focused ?? 0) ? '0' : '-1',
      'data-span': String(index),
      'data-tag': [span.class, ...states].join(' · '),
      'aria-label': [surface, span.class, span.role, ...states].join(', '),
      'aria-pressed': String(index === focused),
    })
  })
}

/** What goes out: what was written instead, and what the second detector still sees. */
export function renderAfter(outcome: Outcome, focused: Range | undefined): readonly Node[] {
  const layers = outcome.hits.map(({ at }) => ({ range: at, name: 'hit' }))
  const written = outcome.changes.map(({ to }) => to)
  return renderMarked(outcome.text, written, layers, (_, index) => {
    const change = outcome.changes[index]
    const isFocused = change !== undefined && focused !== undefined && overlaps(change.from, focused)
    return make('ins', {
      class: [groupOf(change?.class ?? ''), ...(isFocused ? ['focused'] : [])].join(' '),
      'data-from': String(change?.from.start ?? ''),
    })
  })
}

/** Cuts a text at every border; `marks` are sorted and apart, layers may lie anywhere. */
function renderMarked(
  text: string,
  marks: readonly Range[],
  layers: readonly Layer[],
  makeMark: (range: Range, index: number) => HTMLElement,
): readonly Node[] {
  const nodes: Node[] = []
  let at = 0
  for (const [index, mark] of marks.entries()) {
    nodes.push(...renderLayers(text, { start: at, end: mark.start }, layers))
    const element = makeMark(mark, index)
    element.append(...renderLayers(text, mark, layers))
    nodes.push(element)
    at = mark.end
  }
  nodes.push(...renderLayers(text, { start: at, end: text.length }, layers))
  return nodes
}

function renderLayers(text: string, range: Range, layers: readonly Layer[]): readonly Node[] {
  const here = layers.filter((layer) => overlaps(layer.range, range))
  const cuts = new Set([range.start, range.end])
  for (const layer of here) {
    cuts.add(Math.max(range.start, layer.range.start))
    cuts.add(Math.min(range.end, layer.range.end))
  }
  const places = Array.from(cuts).toSorted((a, b) => a - b)
  const nodes: Node[] = []
  for (const [index, start] of places.entries()) {
    const end = places[index + 1]
    if (end === undefined) break
    const names = new Set(here.filter((layer) => overlaps(layer.range, { start, end })).map(({ name }) => name))
    const piece = document.createTextNode(text.slice(start, end))
    nodes.push(names.size === 0 ? piece : make('span', { class: Array.from(names).join(' ') }, piece))
  }
  return nodes
}

/** What a person selected in a pane, in units of its text. */
export function readSelection(pane: HTMLElement): Range | undefined {
  const selection = getSelection()
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return undefined
  const chosen = selection.getRangeAt(0)
  if (!pane.contains(chosen.startContainer) || !pane.contains(chosen.endContainer)) return undefined
  const before = document.createRange()
  before.setStart(pane, 0)
  before.setEnd(chosen.startContainer, chosen.startOffset)
  const start = before.toString().length
  return { start, end: start + chosen.toString().length }
}
