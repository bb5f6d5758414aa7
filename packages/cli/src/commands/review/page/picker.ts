import type { PhiClass } from '@breakwater/deid'
import { byId, dialogById, make } from './dom.ts'
import { groupOf } from './evidence.ts'

/** Asks for a class: letters narrow, arrows choose, Enter takes, Escape leaves. */
export interface Picker {
  ask(title: string, current?: PhiClass): Promise<PhiClass | undefined>
}

export function createPicker(classes: readonly PhiClass[]): Picker {
  const dialog = dialogById('picker')
  const input = byId('class') as HTMLInputElement
  const options = byId('classes')
  let answer: ((chosen: PhiClass | undefined) => void) | undefined
  let left: readonly PhiClass[] = classes
  let active = 0

  function draw(): void {
    const wanted = input.value.trim().toUpperCase().replaceAll(' ', '_')
    left = classes.filter((each) => each.includes(wanted)).toSorted((a, b) => rank(a, wanted) - rank(b, wanted))
    active = Math.min(Math.max(active, 0), Math.max(left.length - 1, 0))
    options.replaceChildren(
      ...left.map((each, index) => {
        const isActive = index === active
        const option = make(
          'li',
          { role: 'option', id: `class-${each}`, 'aria-selected': String(isActive), class: groupOf(each) },
          each,
        )
        option.addEventListener('click', () => finish(each))
        return option
      }),
    )
    const chosen = left[active]
    if (chosen) input.setAttribute('aria-activedescendant', `class-${chosen}`)
    else input.removeAttribute('aria-activedescendant')
    options.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }
  function finish(chosen: PhiClass | undefined): void {
    const settle = answer
    answer = undefined
    if (dialog.open) dialog.close()
    settle?.(chosen)
  }
  input.addEventListener('input', () => {
    active = 0
    draw()
  })
  input.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      active += step
      draw()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (left[active]) finish(left[active])
    }
  })
  dialog.addEventListener('close', () => finish(undefined))
  return {
    ask: (title, current) =>
      new Promise((resolve) => {
        answer = resolve
        byId('picker-title').textContent = title
        input.value = ''
        active = current === undefined ? 0 : classes.indexOf(current)
        draw()
        dialog.showModal()
        input.focus()
      }),
  }
}

/** What begins as it was typed stands first. */
function rank(phiClass: PhiClass, wanted: string): number {
  return phiClass.startsWith(wanted) ? 0 : 1
}
