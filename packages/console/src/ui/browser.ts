const BROWSERS = [
  ['Edge', /Edg\/(\d+)/],
  ['Chromium', /(?:Headless)?Chrome\/(\d+)/],
  ['Firefox', /Firefox\/(\d+)/],
  ['Safari', /Version\/(\d+).*Safari/],
] as const
const SYSTEMS = [
  ['Windows', /Windows/],
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
] as const

/** A browser by name and system, as far as it says so itself; what is no browser by its first word. */
export function describeBrowser(userAgent: string): string {
  const browser = BROWSERS.map(([name, pattern]) => [name, pattern.exec(userAgent)?.[1]] as const).find(
    ([, version]) => version !== undefined,
  )
  const system = SYSTEMS.find(([, pattern]) => pattern.test(userAgent))?.[0]
  if (!browser) return userAgent.split(/[ /]/, 1)[0] || 'Unknown program'
  return `${browser[0]} ${browser[1]}${system === undefined ? '' : ` on ${system}`}`
}
