import { openApi, Refusal } from './api.ts'
import type { Api } from './api.ts'
import { createDesk } from './desk.ts'
import type { Desk } from './desk.ts'
import { byId, dialogById, make } from './dom.ts'
import { isTyping, nameKey, showActions } from './help.ts'
import type { Action } from './help.ts'
import type { Filter } from './note-list.ts'

const POLL_MS = 1_000
const VIEWS = ['both', 'before', 'after'] as const

function listActions(desk: Desk): readonly (readonly [string, readonly Action[]])[] {
  return [
    [
      'Go',
      [
        { keys: ['n', 'ArrowRight'], label: 'next span', run: () => desk.moveSpan(1) },
        { keys: ['p', 'ArrowLeft'], label: 'previous span', run: () => desk.moveSpan(-1) },
        { keys: ['h'], label: 'next place that the second detector sees', button: 'hit', run: () => desk.nextHit() },
        { keys: ['j'], label: 'next note', button: 'next', run: () => desk.moveNote(1) },
        { keys: ['k'], label: 'previous note', button: 'previous', run: () => desk.moveNote(-1) },
      ],
    ],
    [
      'The span',
      [
        { keys: ['d', 'Delete'], label: 'delete it', isEdit: true, button: 'delete', run: () => desk.deleteSpan() },
        {
          keys: ['c', 'Enter'],
          label: 'change its class',
          isEdit: true,
          button: 'change',
          run: () => void desk.changeClass(),
        },
        { keys: ['r'], label: 'next role', isEdit: true, button: 'role', run: () => desk.changeRole() },
        { keys: ['e'], label: 'end one step further', isEdit: true, run: () => desk.moveEdge('end', 'right') },
        { keys: ['E'], label: 'end one step back', isEdit: true, run: () => desk.moveEdge('end', 'left') },
        { keys: ['s'], label: 'start one step earlier', isEdit: true, run: () => desk.moveEdge('start', 'left') },
        { keys: ['S'], label: 'start one step later', isEdit: true, run: () => desk.moveEdge('start', 'right') },
        {
          keys: ['w'],
          label: 'steps of a word or a character',
          isEdit: true,
          button: 'step',
          run: () => desk.toggleStep(),
        },
      ],
    ],
    [
      'A new span',
      [
        { keys: ['f'], label: 'cursor to the next word: its evidence', run: () => desk.moveCursor('right', false) },
        { keys: ['b'], label: 'cursor to the previous word', run: () => desk.moveCursor('left', false) },
        { keys: ['F'], label: 'cursor takes in one step more', run: () => desk.moveCursor('right', true) },
        { keys: ['B'], label: 'cursor lets go one step', run: () => desk.moveCursor('left', true) },
        {
          keys: ['m'],
          label: 'mark the cursor or the selection',
          isEdit: true,
          button: 'mark',
          run: () => void desk.markSelection(),
        },
        { keys: ['Escape'], label: 'leave the cursor', run: () => desk.leave() },
      ],
    ],
    [
      'The note',
      [
        {
          keys: ['a'],
          label: 'accept it and go on, or take it back',
          isEdit: true,
          button: 'accept',
          run: () => desk.accept(),
        },
        { keys: ['u', 'Ctrl+Z'], label: 'undo', isEdit: true, button: 'undo', run: () => desk.undo() },
        { keys: ['U', 'Ctrl+Shift+Z'], label: 'redo', isEdit: true, button: 'redo', run: () => desk.redo() },
        {
          keys: ['x'],
          label: 'export accepted notes as gold',
          isEdit: true,
          button: 'export',
          run: () => void desk.exportGold(),
        },
        { keys: ['v'], label: 'both texts, before, after', button: 'view', run: switchView },
        { keys: ['?'], label: 'this page', button: 'help', run: () => dialogById('help-page').showModal() },
      ],
    ],
  ]
}

function switchView(): void {
  const texts = byId('texts')
  const at = VIEWS.findIndex((view) => view === texts.dataset['view'])
  const view = VIEWS[(at + 1) % VIEWS.length] ?? 'both'
  texts.dataset['view'] = view
  byId('view').textContent = `View: ${view}`
}

function listenForKeys(actions: readonly Action[]): void {
  const shortcuts = byId('shortcuts') as HTMLInputElement
  const byKey = new Map(actions.flatMap((action) => action.keys.map((key) => [key, action] as const)))
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || isTyping(event.target) || document.querySelector('dialog[open]')) return
    const key = nameKey(event)
    // WCAG 2.2, 2.1.4: keys of one letter can be switched off; the buttons do the same.
    if (key.length === 1 && !shortcuts.checked) return
    const isInText = event.target instanceof Element && event.target.closest('#before') !== null
    // These move or press whatever has the focus elsewhere.
    if (['ArrowRight', 'ArrowLeft', 'Enter', 'Delete'].includes(key) && !isInText) return
    const action = byKey.get(key)
    if (action === undefined) return
    event.preventDefault()
    action.run()
  })
}

async function keepUp(desk: Desk): Promise<void> {
  while ((await desk.refresh()) > 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
}

async function start(api: Api): Promise<void> {
  const list = await api.list()
  const desk = createDesk(api, list)
  const groups = listActions(desk)
  showActions(groups, list.canCorrect)
  listenForKeys(groups.flatMap(([, actions]) => actions.filter(({ isEdit }) => isEdit !== true || list.canCorrect)))
  const filter = byId('filter') as HTMLSelectElement
  filter.addEventListener('change', () => desk.list.setFilter(filter.value as Filter))
  byId('close-help').addEventListener('click', () => dialogById('help-page').close())
  byId('mode').textContent = list.canCorrect
    ? ''
    : document.getElementById('data') === null
      ? 'To look at only: start with --out FILE to correct.'
      : 'A file to look at: nothing in it is sent or loaded.'
  document.body.dataset['ready'] = ''
  if (list.notes.length === 0) byId('evidence').replaceChildren(make('p', {}, 'No notes.'))
  else await desk.open(list.notes.find(({ isAccepted }) => !isAccepted)?.index ?? 0)
  byId('before').focus({ preventScroll: true })
  await keepUp(desk)
}

try {
  await start(await openApi())
} catch (error) {
  byId('failed').textContent = error instanceof Refusal ? error.message : 'The page failed. Load it again.'
}
