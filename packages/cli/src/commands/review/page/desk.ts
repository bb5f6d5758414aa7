import type { NoteEntry, NoteView, Outcome, Range, ReviewList, ReviewSpan } from '../shape.ts'
import { Refusal } from './api.ts'
import type { Api } from './api.ts'
import { announce, byId, make } from './dom.ts'
import { addSpan, changeSpan, moveSpanEdge, overlaps, removeSpan } from './edits.ts'
import type { Spans } from './edits.ts'
import { describeSubject } from './evidence.ts'
import { createNoteList } from './note-list.ts'
import type { NoteList } from './note-list.ts'
import { createPicker } from './picker.ts'
import { readSelection, renderAfter, renderBefore } from './text-pane.ts'
import { findWords, moveEdge, trimRange } from './words.ts'
import type { Direction, Step } from './words.ts'

/** What undoing brings back. */
interface State {
  readonly spans: Spans
  readonly isAccepted: boolean
}

/** Everything a person can do with the notes. */
export interface Desk {
  readonly list: NoteList
  open(index: number): Promise<void>
  refresh(): Promise<number>
  moveNote(by: 1 | -1): void
  moveSpan(by: 1 | -1): void
  nextHit(): void
  deleteSpan(): void
  changeClass(): Promise<void>
  changeRole(): void
  moveEdge(edge: 'start' | 'end', direction: Direction): void
  toggleStep(): void
  moveCursor(direction: Direction, isGrowing: boolean): void
  markSelection(): Promise<void>
  leave(): void
  accept(): void
  undo(): void
  redo(): void
  exportGold(): Promise<void>
}

export function createDesk(api: Api, start: ReviewList): Desk {
  const [before, after, evidence] = [byId('before'), byId('after'), byId('evidence')]
  const picker = createPicker(start.classes)
  const list = createNoteList(byId('notes'), (index) => void open(index))
  const pasts = new Map<number, { readonly done: State[]; readonly undone: State[] }>()
  let entries: readonly NoteEntry[] = start.notes
  let note: NoteView | undefined
  let spans: Spans = []
  let isAccepted = false
  let outcome: Outcome = { text: '', changes: [], hits: [] }
  let focused: number | undefined
  let cursor: Range | undefined
  let step: Step = 'word'
  let saving: Promise<void> = Promise.resolve()
  let version = 0
  // Keys that come while another note is on its way are for that one.
  let isOpening = false

  function draw(hasFocus = false): void {
    if (note === undefined) return
    before.replaceChildren(...renderBefore({ note, spans, outcome, focused, cursor }))
    const place = focused === undefined ? cursor : spans[focused]
    after.replaceChildren(...renderAfter(outcome, place))
    drawState()
    explain()
    const mark = focused === undefined ? null : before.querySelector<HTMLElement>(`[data-span="${focused}"]`)
    if (mark && hasFocus) mark.focus({ preventScroll: true })
    ;(mark ?? before.querySelector('.cursor'))?.scrollIntoView({ block: 'nearest' })
    after.querySelector('.focused')?.scrollIntoView({ block: 'nearest' })
  }
  function drawState(): void {
    if (note === undefined) return
    const accepted = entries.filter((entry) => entry.isAccepted).length
    const entry = entries[note.index]
    byId('progress').textContent = `${accepted} of ${entries.length} accepted`
    byId('note-title').textContent = note.id
    byId('accept').textContent = isAccepted ? 'Accepted ✓ (take back)' : 'Accept note'
    byId('accept').setAttribute('aria-pressed', String(isAccepted))
    const hits = outcome.hits.length
    byId('held').textContent = note.isBlocked
      ? '✕ Detection failed: nothing of this note may go out.'
      : hits > 0
        ? `▲ Held: the second detector still sees ${hits === 1 ? 'an identifier' : `${hits} identifiers`}.`
        : ''
    byId('step').textContent = `Step: ${step}`
    list.show(entries, entry?.index)
  }
  function explain(range?: Range, span?: ReviewSpan): void {
    if (note === undefined) return
    const chosen = span ?? (focused === undefined ? undefined : spans[focused])
    const place = range ?? cursor ?? chosen
    const subject =
      range || cursor
        ? { range: place, span: span ?? spans.find((one) => place && overlaps(one, place)) }
        : { range: chosen, span: chosen }
    evidence.replaceChildren(
      ...(subject.range
        ? describeSubject({ range: subject.range, span: subject.span }, note, outcome)
        : [
            make(
              'p',
              { class: 'quiet' },
              spans.length === 0 ? 'No spans in this note.' : 'Choose a span: n, p, or the mouse.',
            ),
          ]),
    )
  }
  async function open(index: number): Promise<void> {
    isOpening = true
    await tell(async () => {
      await saving
      const view = await api.view(index)
      note = view
      ;({ spans, isAccepted, outcome } = view)
      focused = spans.length > 0 ? 0 : undefined
      cursor = undefined
      entries = entries.map((entry) =>
        entry.index === index
          ? {
              ...entry,
              spans: spans.length,
              isChanged: view.isChanged,
              isHeld: outcome.hits.length > 0,
              isBlocked: view.isBlocked,
            }
          : entry,
      )
      before.scrollTop = 0
      after.scrollTop = 0
      draw()
      announce(`Note ${index + 1} of ${entries.length}, ${spans.length} spans`)
    })
    isOpening = false
  }
  /** Does what may fail, and says so where people look. */
  async function tell(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      byId('failed').textContent = ''
    } catch (error) {
      byId('failed').textContent = error instanceof Refusal ? error.message : 'The page failed. Load it again.'
    }
  }
  /** Takes a new state of the note, and sends it; what is sent later replaces what was sent before. */
  function become(state: State, focus: number | undefined): void {
    if (note === undefined) return
    ;({ spans, isAccepted } = state)
    focused = focus
    cursor = undefined
    draw(true)
    const { index } = note
    const mine = ++version
    byId('saved').textContent = 'Saving…'
    saving = saving.then(() =>
      tell(async () => {
        try {
          const saved = await api.save(index, state.spans, state.isAccepted)
          entries = entries.map((entry) => (entry.index === index ? saved.entry : entry))
          if (note?.index === index && mine === version) outcome = saved.outcome
          byId('saved').textContent = mine === version ? 'Saved' : 'Saving…'
        } catch (error) {
          byId('saved').textContent = 'Not saved'
          throw error
        }
        if (mine === version) draw(document.activeElement?.closest('#before') !== null)
        else drawState()
      }),
    )
  }
  function edit(next: Spans, focus: number | undefined, said: string, accepted = isAccepted): void {
    if (note === undefined || isOpening || !start.canCorrect || (next === spans && accepted === isAccepted)) return
    const past = pasts.get(note.index) ?? { done: [], undone: [] }
    pasts.set(note.index, past)
    past.done.push({ spans, isAccepted })
    past.undone.length = 0
    become({ spans: next, isAccepted: accepted }, focus)
    announce(said)
  }
  function travel(from: 'done' | 'undone', to: 'done' | 'undone'): void {
    const past = note && pasts.get(note.index)
    const state = past?.[from].pop()
    if (past === undefined || state === undefined || isOpening) return
    past[to].push({ spans, isAccepted })
    become(state, state.spans.length === 0 ? undefined : Math.min(focused ?? 0, state.spans.length - 1))
    announce(from === 'done' ? 'Undone' : 'Done again')
  }
  function focusSpan(index: number): void {
    if (spans[index] === undefined) return
    focused = index
    cursor = undefined
    draw(true)
  }
  function moveSpan(by: 1 | -1): void {
    if (spans.length === 0) return
    const at = cursor
    if (at === undefined) focusSpan(focused === undefined ? 0 : (focused + by + spans.length) % spans.length)
    else {
      const found =
        by > 0
          ? spans.findIndex(({ start: from }) => from >= at.end)
          : spans.findLastIndex(({ end }) => end <= at.start)
      focusSpan(found < 0 ? 0 : found)
    }
  }
  function setCursor(range: Range): void {
    cursor = range
    focused = undefined
    draw()
    before.focus({ preventScroll: true })
    if (note) announce(note.text.slice(range.start, range.end))
  }

  before.addEventListener('focusin', ({ target }) => {
    const index = readIndex(target)
    if (index !== undefined && index !== focused) focusSpan(index)
  })
  before.addEventListener('click', ({ target }) => {
    const index = readIndex(target)
    if (index !== undefined && getSelection()?.isCollapsed !== false) focusSpan(index)
  })
  before.addEventListener('pointerover', ({ target }) => {
    const span = spans[readIndex(target) ?? -1]
    if (span) explain(span, span)
  })
  before.addEventListener('pointerout', () => explain())
  after.addEventListener('click', ({ target }) => {
    const from = target instanceof Element ? target.closest('[data-from]')?.getAttribute('data-from') : null
    const index = spans.findIndex(({ start: at, end }) => at <= Number(from) && Number(from) < end)
    if (typeof from === 'string' && index >= 0) focusSpan(index)
  })

  return {
    list,
    open,
    moveSpan,
    undo: () => travel('done', 'undone'),
    redo: () => travel('undone', 'done'),
    async refresh() {
      const now = await api.list()
      entries = now.notes
      drawState()
      return now.pending
    },
    moveNote(by) {
      const order = list.shown()
      const at = order.findIndex(({ index }) => index === note?.index)
      const next = order[at + by]
      if (next) void open(next.index)
    },
    nextHit() {
      const after_ = cursor?.end ?? (focused === undefined ? 0 : (spans[focused]?.end ?? 0))
      const hit = outcome.hits.find(({ from }) => from.start >= after_) ?? outcome.hits[0]
      if (hit) setCursor(hit.from)
      else announce('The second detector sees nothing')
    },
    deleteSpan() {
      if (focused === undefined) return
      const next = removeSpan(spans, focused)
      edit(next, next.length === 0 ? undefined : Math.min(focused, next.length - 1), 'Span deleted')
    },
    async changeClass() {
      const [index, span] = [focused, focused === undefined ? undefined : spans[focused]]
      if (index === undefined || span === undefined || !start.canCorrect) return
      const chosen = await picker.ask('Change the class', span.class)
      if (chosen) edit(changeSpan(spans, index, { class: chosen }), index, `Now ${chosen}`)
      else focusSpan(index)
    },
    changeRole() {
      const span = focused === undefined ? undefined : spans[focused]
      if (focused === undefined || span === undefined) return
      const role = start.roles[(start.roles.indexOf(span.role) + 1) % start.roles.length]
      if (role) edit(changeSpan(spans, focused, { role }), focused, `Now ${role}`)
    },
    moveEdge(edge, direction) {
      if (note === undefined || focused === undefined) return
      const moved = moveSpanEdge(note.text, spans, focused, { edge, direction, step })
      const span = moved[focused]
      if (span) edit(moved, focused, note.text.slice(span.start, span.end))
    },
    toggleStep() {
      step = step === 'word' ? 'character' : 'word'
      drawState()
      announce(`Step: ${step}`)
    },
    moveCursor(direction, isGrowing) {
      if (note === undefined) return
      const words = findWords(note.text)
      const from = cursor ?? (focused === undefined ? undefined : spans[focused])
      if (isGrowing && cursor) {
        const end = moveEdge(note.text, cursor.end, 'end', direction, step)
        if (end > cursor.start) setCursor({ start: cursor.start, end })
        return
      }
      const word =
        direction === 'right'
          ? words.find(({ start: at }) => at >= (from?.end ?? 0))
          : words.findLast(({ end }) => end <= (from?.start ?? note?.text.length ?? 0))
      if (word) setCursor(word)
    },
    async markSelection() {
      if (note === undefined || !start.canCorrect) return
      const chosen = readSelection(before) ?? cursor
      if (chosen === undefined) {
        announce('Select text, or move the cursor with f and b')
        return
      }
      const range = trimRange(note.text, chosen)
      if (range.end <= range.start) return
      const phiClass = await picker.ask('Mark as')
      if (phiClass === undefined) {
        before.focus()
        return
      }
      const next = addSpan(spans, { ...range, class: phiClass, role: 'unknown' })
      edit(
        next,
        next.findIndex(({ start: at }) => at === range.start),
        `Marked as ${phiClass}`,
      )
    },
    leave() {
      cursor = undefined
      getSelection()?.removeAllRanges()
      draw()
    },
    accept() {
      if (note === undefined || !start.canCorrect || note.isBlocked) return
      const isNow = !isAccepted
      const { index } = note
      edit(spans, focused, isNow ? 'Accepted' : 'Acceptance taken back', isNow)
      const next = isNow ? list.shown().find((entry) => entry.index > index && !entry.isAccepted) : undefined
      if (next) void open(next.index)
    },
    async exportGold() {
      await tell(async () => {
        await saving
        const documents = await api.exportGold()
        byId('saved').textContent = `${documents} accepted ${documents === 1 ? 'note' : 'notes'} written as gold`
      })
    },
  }
}

function readIndex(target: EventTarget | null): number | undefined {
  const index = target instanceof Element ? target.closest('[data-span]')?.getAttribute('data-span') : null
  return typeof index === 'string' ? Number(index) : undefined
}
