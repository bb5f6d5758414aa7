import { createHash, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { chromium } from 'playwright-core'

const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
/** Screenshots are written there when it is set. */
const SHOTS = process.env['CONSOLE_SHOTS']

const STEP_TIMEOUT_MS = 15_000

/** On a machine without Chromium the suite is skipped, and says so; in CI it fails. */
export const HAS_CHROMIUM = existsSync(EXECUTABLE) || process.env['CI'] !== undefined

// Text, because this program knows no DOM.
const TELL_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  complain('policy: ' + event.violatedDirective + ' at ' + event.sourceFile + ':' + event.lineNumber))`

/** A browser of one person: a profile of its own, an authenticator with user verification, and what went wrong in it. */
export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** Policy violations, uncaught errors, and what the console of the browser says in warning. */
  readonly complaints: readonly string[]
  shoot(name: string): Promise<void>
}

/**
 * Chromium that takes this certificate (PEM) and no other that it does not know: its key is pinned, because a browser's list
 * of authorities is not this test's to change.
 */
export async function openBrowser(certificate: string): Promise<Browser> {
  const spki = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  const pin = createHash('sha256').update(spki).digest('base64')
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--no-sandbox', `--ignore-certificate-errors-spki-list=${pin}`],
  })
}

/** A person's browser with a virtual authenticator (CTAP2, built in, verifies its user). */
export async function openVisitor(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1180, height: 800 }, ...options })
  context.setDefaultTimeout(STEP_TIMEOUT_MS)
  const complaints: string[] = []
  await context.exposeFunction('complain', (text: string) => complaints.push(text))
  await context.addInitScript(TELL_VIOLATIONS)
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
  page.on('console', (message) => {
    // A refusal that the page shows to the person; Chromium reports each answer over 399.
    if (/^Failed to load resource: the server responded with a status of 40[13] /.test(message.text())) return
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`)
  })
  const session = await context.newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    context,
    page,
    complaints,
    async shoot(name) {
      if (SHOTS === undefined) return
      await mkdir(SHOTS, { recursive: true })
      await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true })
    },
  }
}
