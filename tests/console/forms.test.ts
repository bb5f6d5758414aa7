import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startIdentityProvider } from '@breakwater/testkit'
import type { RunningIdentityProvider } from '@breakwater/testkit'
import { Client } from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeScratchHome } from '../support/home.ts'
import type { ScratchHome } from '../support/home.ts'
import { findCluster } from '../support/postgres.ts'
import { findFreePort, startServer } from '../support/server.ts'
import type { RunningServer } from '../support/server.ts'
import { HAS_CHROMIUM, openBrowser, openVisitor } from './browser.ts'
import type { Visitor } from './browser.ts'
import { buildConsole } from './build.ts'
import { findFaults, walkByKeyboard } from './page-checks.ts'

const CLI = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
const TITLE = HAS_CHROMIUM ? 'forms of the console in Chromium' : 'forms of the console: Chromium is not installed'
const TIMEOUT_MS = 60_000
// Generated for each run: nothing in this file opens anything.
const CLIENT_SECRET = crypto.randomUUID()

let scratch: ScratchHome
let issuer: RunningIdentityProvider
let server: RunningServer
let browser: Browser
let admin: Visitor
let second: Visitor
let ward: Visitor

const console_ = (path: string): string => `${server.origin}/console${path}`
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

/** Enrols by a one-use link, as a person does. */
async function enrol({ page }: Visitor, url: string): Promise<void> {
  await page.goto(url)
  await page.getByLabel('Name of the passkey').fill('Test key')
  await button(page, 'Make a passkey').click()
  await heading(page, 'What needs you').waitFor()
}

describe.skipIf(!HAS_CHROMIUM).sequential(TITLE, { timeout: TIMEOUT_MS }, () => {
  beforeAll(async () => {
    scratch = await makeScratchHome()
    const { home, temporary } = scratch
    const [port, issuerPort] = await Promise.all([findFreePort(), findFreePort(), buildConsole()])
    const options = { home, port, env: { TMPDIR: temporary, NODE_EXTRA_CA_CERTS: join(home, 'ca.pem') } }
    // Its first start makes the certificate that the identity provider uses too, and which it has to trust then.
    await (await startServer({ ...options, env: { TMPDIR: temporary } })).stop()
    const [certificate, key] = await Promise.all(
      ['server.pem', 'server.key'].map(async (name) => readFile(join(home, name), 'utf8')),
    )
    server = await startServer(options)
    await writeFile(join(home, 'secrets', 'directory'), CLIENT_SECRET, { mode: 0o600 })
    issuer = await startIdentityProvider({
      port: issuerPort,
      certificate: certificate ?? '',
      key: key ?? '',
      clientId: 'breakwater',
      clientSecret: CLIENT_SECRET,
      redirectUri: `${server.origin}/api/v1/sign-in/callback/directory`,
      people: { 'dr.okafor': { groups: ['ward'], amr: ['hwk', 'user', 'mfa'] } },
    })
    browser = await openBrowser(certificate ?? '')
    admin = await openVisitor(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=breakwater-source', CLI, 'admin', 'bootstrap', '--json'],
      { env: { ...process.env, BREAKWATER_HOME: home } },
    )
    await enrol(admin, (JSON.parse(stdout) as { readonly url: string }).url)
  }, TIMEOUT_MS)

  afterAll(async () => {
    await browser?.close()
    await issuer?.stop()
    await server?.stop()
    await scratch?.remove()
  }, TIMEOUT_MS)

  test('a person is invited by a link that is shown once, and comes in by it (AC-02)', async () => {
    const { page } = admin
    await page.getByText('Only one administrator.').waitFor()
    await page.getByRole('link', { name: 'People', exact: true }).click()
    await heading(page, 'People').waitFor()
    await page.getByRole('textbox', { name: /^Name/ }).fill('Second administrator')
    await button(page, 'Make a link').click()
    // Without a role nobody is invited.
    await page.getByText('body.invalid').waitFor()
    await page.getByLabel('administrator', { exact: true }).check()
    await button(page, 'Make a link').click()
    const link = page.getByLabel('One-use link')
    await link.waitFor()
    const url = await link.inputValue()
    expect(url).toMatch(/[/]enrol#bwi_default_[\w-]{43}$/)
    await button(page, 'Copy').click()
    await button(page, 'Copied').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(url)
    await admin.shoot('people-invited')

    second = await openVisitor(browser)
    await enrol(second, url)
    await page.reload()
    await page.getByText('Second administrator').first().waitFor()
    await page.getByText('Logs in by').first().waitFor()
    expect(await page.getByLabel('One-use link').count()).toBe(0)
    expect(await page.getByText('Only one administrator.').count()).toBe(0)
  })

  test('a campaign is started for chosen kinds and reviewers, and waits for answers (AC-10)', async () => {
    const { page } = admin
    await page.getByRole('link', { name: 'Recertification', exact: true }).click()
    await page.getByText('No campaign is under way.').waitFor()
    await page.getByLabel('tokens').check()
    await page.getByLabel('principals').check()
    await page.getByLabel('Second administrator').check()
    await page.getByLabel('Due in').selectOption({ label: '7 days' })
    await button(page, 'Start').click()
    // She would be the only one to look at her own: a second reviewer is needed, and what was chosen stays.
    await page.getByText('name another reviewer').waitFor()
    await page.getByLabel('administrator', { exact: true }).check()
    await button(page, 'Start').click()
    await page.getByText('Started. What nobody keeps').waitFor()
    await page
      .getByRole('heading', { name: /^Principals, tokens: \d+ to answer$|^Tokens, principals: \d+ to answer$/ })
      .waitFor()
    await admin.shoot('recertification-started')

    await second.page.goto(console_('/recertification'))
    await button(second.page, /^Keep: token app/).click()
    await second.page.getByText('kept').first().waitFor()
    await second.shoot('recertification-second')
  })

  test('a clinician breaks the glass by the form, is told until when, and closes it (AC-09)', async () => {
    await putDirectory()
    ward = await openVisitor(browser)
    await ward.page.goto(console_('/'))
    await button(ward.page, 'Log in with St. Brigid directory').click()
    await ward.page.getByLabel('Account').fill('dr.okafor')
    await button(ward.page, 'Sign in').click()
    await heading(ward.page, 'What needs you').waitFor()
    const { page } = ward
    await page.getByRole('link', { name: 'Break-glass', exact: true }).click()
    await page.getByLabel('Justification').waitFor()
    // What oversees is not shown to who cannot answer it.
    expect(await page.getByRole('heading', { name: 'To answer' }).count()).toBe(0)
    await ward.shoot('break-glass-form')
    await page.getByLabel('Emergency').selectOption('emergency-treatment')
    await page.getByLabel('For', { exact: true }).selectOption({ label: '15 minutes' })
    await page.getByLabel('Justification').fill('Arrest on the ward, nobody to ask in time.')
    await button(page, 'Break the glass').click()
    await page.getByRole('status').getByText('Open.').waitFor()
    await ward.shoot('break-glass-open')

    await admin.page.goto(console_('/'))
    await admin.page.getByText('Somebody broke the glass').waitFor()
    await button(page, 'Close: your break-glass').click()
    await page.getByText('Closed. It is reviewed now.').waitFor()
    await admin.page.goto(console_('/break-glass'))
    await button(admin.page, /^Justified: break-glass of dr[.]okafor/).click()
    await admin.page.getByText('justified, by').waitFor()
  })

  test('whose factor is older than five minutes still finds the form, and is asked for it on sending (AC-03)', async () => {
    const database = new Client({ connectionString: (await findCluster(scratch.home)).url })
    await database.connect()
    await database.query("update sessions set authenticated_at = authenticated_at - interval '6 minutes'")
    await database.end()
    const { page } = ward
    await page.waitForTimeout(1_500)
    await page.goto(console_('/break-glass'))
    await page.getByLabel('Justification').fill('Arrest on the ward, nobody to ask in time.')
    await button(page, 'Break the glass').click()
    await page.getByRole('dialog', { name: 'Confirm that it is you' }).waitFor()
    await button(page, 'Cancel').click()
    await page.getByText('It was not confirmed that it is you.').waitFor()
    await ward.shoot('break-glass-not-confirmed')
  })

  test('the pages with forms: names, contrast, 400 pixels, light and dark, the keyboard', async () => {
    const { page } = admin
    for (const [colorScheme, width] of [
      ['light', 1_180],
      ['dark', 400],
    ] as const) {
      for (const [visitor, path] of [
        [admin, '/people'],
        [admin, '/recertification'],
        [ward, '/break-glass'],
      ] as const) {
        await visitor.page.emulateMedia({ colorScheme })
        await visitor.page.setViewportSize({ width, height: 800 })
        await visitor.page.goto(console_(path))
        await visitor.page.locator('form').first().waitFor()
        await visitor.page.getByLabel('Reading').first().waitFor({ state: 'detached' })
        expect([path, colorScheme, await findFaults(visitor.page)]).toEqual([path, colorScheme, []])
        await visitor.shoot(`form${path.replace('/', '-')}-${colorScheme}-${width}`)
      }
    }
    await page.setViewportSize({ width: 1_180, height: 800 })
    await page.goto(console_('/people'))
    await page.getByRole('textbox', { name: /^Name/ }).waitFor()
    const names = await walkByKeyboard(page)
    expect(names.filter((name) => name.includes('focus not shown'))).toEqual([])
    expect(names).toEqual(expect.arrayContaining(['security officer', 'Make a link']))
  })

  test('no page broke its policy, threw, or complained', () => {
    for (const { complaints } of [admin, second, ward]) {
      expect(complaints.filter((each) => !each.includes('status of 400'))).toEqual([])
    }
  })
})

async function putDirectory(): Promise<void> {
  const provider = {
    label: 'St. Brigid directory',
    issuer: issuer.issuer,
    clientId: 'breakwater',
    clientAuthentication: 'client_secret_basic',
    credentialFile: 'directory',
    scopes: [],
    groupsClaim: 'groups',
    groups: [{ group: 'ward', roles: ['clinician'], purposes: ['TREAT'], mayRestore: true }],
    mfa: { acr: [], amr: [['mfa']] },
    phishingResistant: { acr: [], amr: [] },
    maxAuthenticationAgeSeconds: 3_600,
  }
  const init = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(provider) }
  const status = await admin.page.evaluate<number>(
    `fetch('/api/v1/identity-providers/directory', ${JSON.stringify(init)}).then(({ status }) => status)`,
  )
  expect(status).toBe(200)
}
