import { byId, make } from './dom.ts'

/** Something that a key does. */
export interface Action {
  readonly keys: readonly string[]
  readonly label: string
  /** Changes a note: not in a file of its own. */
  readonly isEdit?: boolean
  /** A button of this id does the same. */
  readonly button?: string
  readonly run: () => void
}

const ARROWS: Readonly<Record<string, string>> = { ArrowRight: '→', ArrowLeft: '←', Escape: 'Esc' }

/** The table of keys, and the buttons that do the same. */
export function showActions(groups: readonly (readonly [string, readonly Action[]])[], canEdit: boolean): void {
  const place = byId('keys')
  for (const [title, actions] of groups) {
    const rows = make('dl')
    for (const { keys, label, isEdit, button, run } of actions) {
      if (isEdit === true && !canEdit) continue
      rows.append(make('dt', {}, ...keys.map((key) => make('kbd', {}, ARROWS[key] ?? key))), make('dd', {}, label))
      if (button === undefined) continue
      const element = byId(button)
      element.hidden = false
      element.title = label
      if (keys[0]) element.dataset['key'] = keys[0]
      element.addEventListener('click', run)
    }
    if (rows.childElementCount > 0) place.append(make('section', {}, make('h3', {}, title), rows))
  }
}

/** Whether a key is for what has the focus itself. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLDialogElement
  )
}

/** `Ctrl+Z`, `d`, `Delete`. */
export function nameKey(event: KeyboardEvent): string {
  if (event.altKey) return ''
  const prefix = event.ctrlKey || event.metaKey ? `Ctrl+${event.shiftKey ? 'Shift+' : ''}` : ''
  return prefix + (prefix === '' ? event.key : event.key.toUpperCase())
}
