import { spawn } from 'node:child_process'
import type { Terminal } from '../../terminal.ts'

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'open', linux: 'xdg-open' }

/** Asks the desktop to open an address. Resolves to whether something took it; never throws. */
export async function openBrowser(address: string, environment: Terminal['environment']): Promise<boolean> {
  const opener = OPENERS[process.platform]
  // Without a screen xdg-open starts a browser of the terminal, over what is printed there.
  const hasScreen =
    process.platform !== 'linux' || environment['DISPLAY'] !== undefined || environment['WAYLAND_DISPLAY'] !== undefined
  if (opener === undefined || !hasScreen) return false
  return new Promise((resolve) => {
    const child = spawn(opener, [address], { stdio: 'ignore', detached: true, env: { ...environment } })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}
