import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '../support/client.ts'
import { HAS_CHROMIUM } from './browser.ts'
import type { Visitor } from './browser.ts'
import {
  button,
  call,
  follow,
  heading,
  SETUP_TIMEOUT_MS,
  startInstallation,
  TIMEOUT_MS,
  waitFor,
} from './installation.ts'
import type { Installation } from './installation.ts'
import { findFaults, walkByKeyboard } from './page-checks.ts'

const TITLE = HAS_CHROMIUM ? 'pages of the gateway in Chromium' : 'pages of the gateway: Chromium is not installed'
const DAY_MS = 86_400_000
const NOTE = 'Summarise: Mr. Jonas Falkner, MRN 00482913, came in with chest pain.'
const PAGES = ['Coverage', 'Providers', 'Agreements', 'Vendors', 'Freeze', 'Minimum necessary', 'Limits', 'Kept']

let installation: Installation
let admin: Visitor
let privacy: Visitor

const day = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)

/** What a service sends to the gateway, and the status of what it answers. */
async function speak(path: string, body: unknown): Promise<number> {
  const { page } = admin
  const principal = { kind: 'service', roles: ['application'], purposes: ['TREAT'], mayRestore: true }
  await call(page, 'PUT', '/api/v1/principals/letters', { ...principal, defaultPurpose: 'TREAT' })
  const bounds = { ranges: ['127.0.0.0/8'], reason: 'client-without-oauth' }
  const issued = await call(page, 'POST', '/api/v1/principals/letters/tokens', bounds)
  const client = createClient(installation.server.origin, await installation.readHome('ca.pem'))
  const { token } = issued.body as { readonly token: string }
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const { status } = await client.send(path, { method: 'POST', headers, body: JSON.stringify(body) })
  client.close()
  return status
}

const cross = async (): Promise<number> =>
  speak('/v1/chat/completions', { model: 'demo', messages: [{ role: 'user', content: NOTE }] })

/** The row of a list that begins with this name. */
const row = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) })

describe.skipIf(!HAS_CHROMIUM).sequential(TITLE, { timeout: TIMEOUT_MS }, () => {
  beforeAll(async () => {
    installation = await startInstallation({ 'p.rivers': { groups: ['privacy'], amr: ['hwk', 'user', 'mfa'] } })
    admin = await installation.openVisitor()
    await installation.enrol(admin, await installation.mintBootstrapLink())
    await installation.putDirectory(admin.page, [
      { group: 'privacy', roles: ['privacy-officer', 'clinician'], purposes: ['TREAT'], mayRestore: true },
    ])
    privacy = await installation.openVisitor()
    await installation.logInAtDirectory(privacy, 'p.rivers', '/')
    await heading(privacy.page, 'What needs you').waitFor()
  }, SETUP_TIMEOUT_MS)
  afterAll(async () => installation?.stop(), TIMEOUT_MS)

  test('a provider’s kind decides what is asked for; of its secret only the file’s name is sent', async () => {
    const { page } = admin
    await follow(page, 'Providers')
    const form = page.getByRole('region', { name: 'Add a provider' })
    await form.getByLabel('Kind').selectOption('bedrock')
    await form.getByLabel('Region').waitFor()
    await form.getByLabel('Signs in with').selectOption('role')
    expect(await form.getByLabel('File with the secret').count()).toBe(0)
    await form.getByLabel('Kind').selectOption('anthropic')
    expect(await form.getByLabel('Region').count()).toBe(0)
    await form.getByLabel('Id', { exact: false }).first().fill('claude')
    await form.getByLabel('Address').fill('https://models.example.org')
    await form.getByLabel('File with the secret').fill('anthropic-key')
    await form.getByLabel('Version of the API').fill('2023-06-01')
    await form.getByLabel('Models').first().fill('claude-s')
    await button(page, 'Add').click()
    // Another's host: refused, and what was typed stays.
    await page.getByText('body.invalid at /baseUrl').waitFor()
    await form.getByLabel('Address').fill('https://api.anthropic.com')
    await button(page, 'Add').click()
    await page.getByText('Nothing goes there before an agreement covers it.').waitFor()
    await row(page, 'claude').getByText('the file anthropic-key').waitFor()
    await admin.shoot('providers-added')
  })

  test('an agreement stays a draft until its clauses are complete, and then covers (VB-01, GW-05)', async () => {
    const { page } = admin
    await follow(page, 'Agreements')
    const form = page.getByRole('region', { name: /^(Draft an agreement|Next version of)/ })
    await form.getByLabel('Id', { exact: false }).first().fill('claude-baa')
    await form.getByLabel('Provider').selectOption('claude')
    await form.getByLabel('In force from').fill(day(-10))
    await form.getByLabel('And before').fill(day(20))
    await form.getByLabel('Treatment (TREAT)', { exact: true }).check()
    await form.getByLabel('Kept for, at most').fill('30')
    await form.getByLabel('People at the vendor may read along').check()
    await form.getByLabel('HIPAA ready organisation').check()
    await form.getByRole('spinbutton', { name: 'Notice of an incident' }).fill('5')
    await button(page, 'Keep as a draft').click()
    const agreement = row(page, 'claude-baa').filter({ hasText: 'business associate' })
    await agreement.getByText('0 of 20 clauses').waitFor()
    expect(await agreement.getByText('Missing', { exact: true }).count()).toBe(20)
    expect(await button(page, /^Activate: claude-baa/).count()).toBe(0)
    await admin.shoot('agreement-draft')

    await button(page, 'Next version: claude-baa').click()
    for (const clause of await form.getByPlaceholder('mandatory').all()) await clause.fill('section 4')
    await button(page, 'Keep as a draft').click()
    await agreement.getByText('20 of 20 clauses').waitFor()
    await button(page, 'Activate: claude-baa').click()
    await button(page, 'Activate').and(page.locator('.bw-confirm button')).click()
    await agreement.getByText('in force', { exact: true }).waitFor()
    await agreement.getByText(/^(19|20) days left$/).waitFor()
    await admin.shoot('agreement-active')
  })

  test('the registry is taken over to be confirmed; a fact tells source and day, and a person confirms it (GW-10)', async () => {
    const { page } = admin
    await follow(page, 'Vendors')
    await button(page, 'Take it over: the shipped registry').click()
    await page.getByText(/^\d+ added, 0 changed/).waitFor()
    await page.getByText('anthropic api', { exact: true }).click()
    const fact = page
      .getByRole('listitem')
      .filter({ hasText: 'Plain use' })
      .filter({ hasText: 'platform.claude.com' })
      .first()
    await fact.getByText(/checked on 2026-/).waitFor()
    await fact.getByRole('button', { name: /^Confirm: / }).click()
    await fact.getByRole('button', { name: 'Confirm', exact: true }).click()
    await page.getByText('1 of 15 confirmed').waitFor()
    await admin.shoot('vendors')
  })

  test('coverage is a mark for each feature and provider, and tells what is missing by arrow keys (GW-05)', async () => {
    const { page } = admin
    await follow(page, 'Coverage')
    const covered = button(page, 'plain use at claude: covered, ends within 30 days')
    await covered.click()
    const detail = page.getByRole('region', { name: 'The chosen mark' })
    await detail.getByText('claude-baa').waitFor()
    await admin.shoot('coverage')
    await page.keyboard.press('ArrowDown')
    await button(page, /^background at claude: not covered/)
      .and(page.locator(':focus'))
      .waitFor()
    await detail.getByText('the feature by name').waitFor()
    await page.getByLabel('Purpose of use').selectOption('HRESCH')
    await button(page, 'plain use at claude: not covered').click()
    await detail.getByText('this purpose of use').waitFor()
  })

  test('what is kept is told before it is switched on; read masked, and in clear on a deliberate act alone (GW-09)', async () => {
    const { page } = admin
    await follow(page, 'Kept')
    await page.getByText('Switch history on').click()
    await page.getByText('Each reading is in the ledger.').first().waitFor()
    await page.getByLabel('Purpose', { exact: true }).first().selectOption('TREAT')
    await page.getByLabel('Days').first().fill('14')
    await page.getByLabel('Also with the values that were masked').check()
    await button(page, 'Keep from now on').first().click()
    await page.getByText('masked, and with the values that were masked').waitFor()
    // An administrator switches it on and off, and reads nothing of it.
    expect(await page.getByRole('heading', { name: 'History' }).count()).toBe(0)
    await admin.shoot('kept-on')
    // A gateway knows within a second that it keeps.
    const kept = async (): Promise<number> => {
      const { body } = await call(page, 'GET', '/api/v1/kept')
      return (body as { readonly rules: readonly { readonly count: number }[] }).rules[0]?.count ?? 0
    }
    await waitFor(async () => {
      expect(await cross()).toBe(200)
      return (await kept()) > 0
    })

    const reader = privacy.page
    await follow(reader, 'Kept')
    await button(reader, 'Show: what is kept of crossings').click()
    await button(reader, /^Read: the crossing of/)
      .first()
      .click()
    const crossing = reader.getByRole('region', { name: /^The crossing of/ })
    await crossing.getByText('chest pain').first().waitFor()
    expect(await crossing.getByText('Falkner').count()).toBe(0)
    await privacy.shoot('kept-masked')
    await button(reader, 'Show the masked values: of the crossing').click()
    await button(reader, 'Show the masked values').and(reader.locator('.bw-confirm button')).click()
    await crossing.getByText('Falkner').first().waitFor()
    await crossing.getByText('This is how the caller sent it: it identifies a patient.').waitFor()
    await privacy.shoot('kept-restored')
    await button(reader, 'Back to the masked form: the crossing').click()
    await crossing.getByText('Falkner').first().waitFor({ state: 'detached' })
    expect(reader.url()).toBe(installation.url('/kept'))
    expect(await reader.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).toBe('[{},{}]')
  })

  test('feedback is shown by reason, its comment masked (GW-09)', async () => {
    const { page } = admin
    await page.getByText('Switch feedback on').click()
    await page.getByLabel('Purpose', { exact: true }).nth(1).selectOption('TREAT')
    await button(page, 'Keep from now on').first().click()
    await page.getByText('Change what is kept of feedback').waitFor()
    const reader = privacy.page
    const { body } = await call(reader, 'GET', '/api/v1/history?purpose=TREAT&limit=1')
    const { crossings } = body as { readonly crossings: readonly { readonly crossing: string }[] }
    const opinion = { rating: 'down', reasonCode: 'incomplete', comment: 'Mr. Jonas Falkner also had a fever.' }
    expect(await speak(`/api/v1/crossings/${crossings[0]?.crossing ?? ''}/feedback`, opinion)).toBe(200)
    await reader.reload()
    await button(reader, 'Show: what callers think of answers').click()
    await reader.getByText('incomplete 1').waitFor()
    const comment = reader.getByText('also had a fever')
    await comment.waitFor()
    expect(await comment.textContent()).not.toContain('Falkner')
    await privacy.shoot('kept-feedback')
  })

  test('a crossing is taken into an evaluation set, which leaves as a file of masked lines (GW-09)', async () => {
    const { page } = admin
    await page.getByText('Switch evaluation sets on').click()
    await page.getByLabel('Purpose', { exact: true }).last().selectOption('TREAT')
    await button(page, 'Keep from now on').first().click()
    await page.getByText('Change what is kept of evaluation sets').waitFor()
    const reader = privacy.page
    await reader.reload()
    await reader.getByLabel('Id of a new set').fill('chest-pain')
    await button(reader, 'Make a set').click()
    await button(reader, 'Export: chest-pain').waitFor()
    await button(reader, 'Show: what is kept of crossings').click()
    await button(reader, /^Read: the crossing of/)
      .first()
      .click()
    await button(reader, 'Add to the set').click()
    await reader.getByText('Added, masked.').waitFor()
    await privacy.shoot('kept-set')
    const downloaded = reader.waitForEvent('download')
    await button(reader, 'Export: chest-pain').click()
    const file = await downloaded
    expect(file.suggestedFilename()).toBe('chest-pain.jsonl')
    const text = await readFile(await file.path(), 'utf8')
    expect(text).toContain('chest pain')
    expect(text).not.toContain('Falkner')
  })

  test('a limit shows what is taken of it and when it begins anew; removed it counts no more (GW-12)', async () => {
    const { page } = admin
    await follow(page, 'Limits')
    const form = page.getByRole('region', { name: 'Put a limit' })
    await form.getByLabel('Id', { exact: false }).first().fill('each-service')
    await form.getByLabel('How many').fill('40')
    await form.getByLabel('Of whom').fill('*')
    await button(page, 'Put it in force').click()
    await page.getByText('40 requests a day, for each principal').waitFor()
    // A gateway knows within a second that it counts.
    await waitFor(async () => {
      expect(await cross()).toBe(200)
      const { body } = await call(page, 'GET', '/api/v1/limits/usage')
      return (body as { readonly usage: readonly unknown[] }).usage.length > 0
    })
    await page.reload()
    await page.getByRole('meter', { name: 'each-service: letters' }).waitFor()
    await admin.shoot('limits')
    await page.getByText(/anew in \d+ (hours?|minutes?|seconds?)/).waitFor()
    await button(page, 'Remove: each-service').click()
    await button(page, 'Remove').and(page.locator('.bw-confirm button')).click()
    await page.getByText('No limit: as much may cross').waitFor()
  })

  test('a shipped policy is taken over, tried on a record, and activated (GW-07)', async () => {
    const { page } = admin
    await follow(page, 'Minimum necessary')
    await button(page, 'Take over: billing').click()
    await button(page, 'Record it').click()
    await button(page, 'Activate: billing, version 1').waitFor()
    await page.getByLabel('Policy', { exact: true }).selectOption('shipped: billing')
    const record = { resourceType: 'Patient', id: 'p1', gender: 'female', telecom: [{ value: '555-0100' }] }
    await page.getByRole('textbox', { name: 'Record' }).fill(JSON.stringify(record))
    await button(page, 'Show what would leave').click()
    await page.getByText('patient/telecom').waitFor()
    expect(await page.locator('del').allTextContents()).toContain('"value": "555-0100"')
    await admin.shoot('minimum-tried')
    await button(page, 'Activate: billing, version 1').click()
    await page.getByText('In force', { exact: true }).waitFor()
  })

  test('a freeze tells first what would stop; then every page says so, and lifting needs a second person', async () => {
    const { page } = admin
    await follow(page, 'Freeze')
    await page.getByLabel('Provider').selectOption('claude')
    await page.getByLabel('Reason').selectOption('drill')
    await button(page, 'Show what would stop').click()
    await page.getByText('claude-s').waitFor()
    await admin.shoot('freeze-preview')
    await button(page, 'Freeze').click()
    await page.getByText('Nothing goes to claude.', { exact: true }).waitFor()
    await button(page, 'Propose to lift: Nothing goes to claude').click()
    await page.getByText('You proposed it: somebody else lifts it.').waitFor()
  })

  test('the pages of the gateway: names, contrast, 400 pixels, light and dark, the keyboard', async () => {
    const { page } = admin
    for (const [colorScheme, width] of [
      ['light', 1_280],
      ['dark', 400],
    ] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      for (const name of PAGES) {
        await follow(page, name)
        await heading(page, name).waitFor()
        await page.getByLabel('Reading').first().waitFor({ state: 'detached' })
        expect([name, colorScheme, await findFaults(page)]).toEqual([name, colorScheme, []])
        await admin.shoot(`gateway-${name.toLowerCase().replace(' ', '-')}-${colorScheme}-${width}`)
      }
    }
    await page.setViewportSize({ width: 1_280, height: 800 })
    await follow(page, 'Coverage')
    await button(page, /^plain use at claude/).waitFor()
    const names = await walkByKeyboard(page)
    expect(names.filter((name) => name.includes('focus not shown'))).toEqual([])
    // One stop for the whole grid: arrow keys do the rest.
    expect(names.filter((name) => / at .*: (not )?covered/.test(name))).toHaveLength(1)
  })

  test('no page broke its policy, threw, or complained', () => {
    for (const { complaints } of [admin, privacy]) {
      expect(complaints.filter((each) => !each.includes('status of 400'))).toEqual([])
    }
  })
})
