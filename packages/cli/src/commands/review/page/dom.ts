/** Makes an element; text is always text. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/** An element of the page's own document. Throws when it is not there. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new TypeError(`no #${id}`)
  return found
}

/** A dialog of the page's own document. */
export function dialogById(id: string): HTMLDialogElement {
  const found = byId(id)
  if (!(found instanceof HTMLDialogElement)) throw new TypeError(`#${id} is no dialog`)
  return found
}

/** Tells people who hear the page. */
export function announce(text: string): void {
  byId('said').textContent = text
}
