import type { Page } from 'playwright-core'

// Text, because this program knows no DOM. WCAG 2.2: 1.4.3 (contrast), 1.4.10 (reflow), 1.3.1, 4.1.2 (names).
const FIND_FAULTS = `(() => {
  const faults = []
  const shown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
  const parse = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number)
  const luminance = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const rgba = parse(getComputedStyle(at).backgroundColor)
      if (rgba.length === 3 || rgba[3] === 1) return rgba
      if (rgba[3] > 0) return undefined
    }
    return [255, 255, 255]
  }
  const contrast = (one, two) => {
    const [a, b] = [luminance(one), luminance(two)].sort((x, y) => y - x)
    return (a + 0.05) / (b + 0.05)
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!node.data.trim() || !element || !shown(element) || element.closest('[disabled],option,noscript,script')) continue
    const back = ground(element)
    if (back === undefined) continue
    const ratio = contrast(parse(getComputedStyle(element).color), back)
    if (ratio < 4.5) faults.push('contrast ' + ratio.toFixed(2) + ': ' + node.data.trim().slice(0, 40))
  }
  const titles = document.querySelectorAll('h1').length
  if (titles !== 1) faults.push(titles + ' h1')
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
  if (wide > 0) faults.push('scrolls sideways by ' + wide)
  for (const control of document.querySelectorAll('input, select, textarea')) {
    if (control.type !== 'hidden' && control.labels.length === 0 && !control.ariaLabel) faults.push('no label: ' + control.name)
  }
  for (const control of document.querySelectorAll('a[href], button')) {
    if (!(control.ariaLabel ?? control.textContent).trim()) faults.push('no name: ' + control.outerHTML.slice(0, 60))
  }
  if (document.querySelectorAll('main').length !== 1) faults.push('not one main')
  if (document.querySelectorAll('[style*="url("], style').length > 0) faults.push('a style element')
  return faults
})()`

/** What a page does wrong towards people who see little, use no mouse, or hold a small screen. */
export async function findFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(FIND_FAULTS)
}

/** The accessible names that Tab reaches from the top of the page, in order, until it leaves it. */
export async function walkByKeyboard(page: Page): Promise<readonly string[]> {
  const names: string[] = []
  await page.evaluate('document.activeElement?.blur()')
  for (let steps = 0; steps < 100; steps++) {
    await page.keyboard.press('Tab')
    const [name, hasOutline] = await page.evaluate<[string, boolean]>(`(() => {
      const at = document.activeElement
      if (!at || at === document.body) return ['', true]
      return [at.ariaLabel ?? at.labels?.[0]?.textContent ?? at.textContent, getComputedStyle(at).outlineStyle !== 'none']
    })()`)
    if (name === '') return names
    names.push(hasOutline ? name : `${name} (focus not shown)`)
  }
  return names
}
