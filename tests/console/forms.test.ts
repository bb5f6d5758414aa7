import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HAS_CHROMIUM } from './browser.ts'
import type { Visitor } from './browser.ts'
import { button, follow, heading, SETUP_TIMEOUT_MS, startInstallation, TIMEOUT_MS } from './installation.ts'
import type { Installation } from './installation.ts'
import { findFaults, walkByKeyboard } from './page-checks.ts'

const TITLE = HAS_CHROMIUM ? 'forms of the console in Chromium' : 'forms of the console: Chromium is not installed'

let installation: Installation
let admin: Visitor
let second: Visitor
let ward: Visitor

describe.skipIf(!HAS_CHROMIUM).sequential(TITLE, { timeout: TIMEOUT_MS }, () => {
  beforeAll(async () => {
    installation = await startInstallation({ 'dr.okafor': { groups: ['ward'], amr: ['hwk', 'user', 'mfa'] } })
    admin = await installation.openVisitor({ permissions: ['clipboard-read', 'clipboard-write'] })
    await installation.enrol(admin, await installation.mintBootstrapLink())
  }, SETUP_TIMEOUT_MS)
  afterAll(async () => installation?.stop(), TIMEOUT_MS)

  test('a person is invited by a link that is shown once, and comes in by it (AC-02)', async () => {
    const { page } = admin
    await page.getByText('Only one administrator.').waitFor()
    await follow(page, 'People')
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

    second = await installation.openVisitor()
    await installation.enrol(second, url)
    await page.reload()
    await page.getByText('Second administrator').first().waitFor()
    await page.getByText('Logs in by').first().waitFor()
    expect(await page.getByLabel('One-use link').count()).toBe(0)
    expect(await page.getByText('Only one administrator.').count()).toBe(0)
  })

  test('a campaign is started for chosen kinds and reviewers, and waits for answers (AC-10)', async () => {
    const { page } = admin
    await follow(page, 'Recertification')
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

    await second.page.goto(installation.url('/recertification'))
    await button(second.page, /^Keep: token app/).click()
    await second.page.getByText('kept').first().waitFor()
    await second.shoot('recertification-second')
  })

  test('a clinician breaks the glass by the form, is told until when, and closes it (AC-09)', async () => {
    await installation.putDirectory(admin.page, [
      { group: 'ward', roles: ['clinician'], purposes: ['TREAT'], mayRestore: true },
    ])
    ward = await installation.openVisitor()
    await installation.logInAtDirectory(ward, 'dr.okafor', '/')
    await heading(ward.page, 'What needs you').waitFor()
    const { page } = ward
    await follow(page, 'Break-glass')
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

    await admin.page.goto(installation.url('/'))
    await admin.page.getByText('Somebody broke the glass').waitFor()
    await button(page, 'Close: your break-glass').click()
    await page.getByText('Closed. It is reviewed now.').waitFor()
    await admin.page.goto(installation.url('/break-glass'))
    await button(admin.page, /^Justified: break-glass of dr[.]okafor/).click()
    await admin.page.getByText('justified, by').waitFor()
  })

  test('whose factor is older than five minutes still finds the form, and is asked for it on sending (AC-03)', async () => {
    const { page } = ward
    await installation.ageSessions(page)
    await page.goto(installation.url('/break-glass'))
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
        await visitor.page.goto(installation.url(path))
        await visitor.page.locator('form').first().waitFor()
        await visitor.page.getByLabel('Reading').first().waitFor({ state: 'detached' })
        expect([path, colorScheme, await findFaults(visitor.page)]).toEqual([path, colorScheme, []])
        await visitor.shoot(`form${path.replace('/', '-')}-${colorScheme}-${width}`)
      }
    }
    await page.setViewportSize({ width: 1_180, height: 800 })
    await page.goto(installation.url('/people'))
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
