import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { RecertificationInput } from '@breakwater/contract'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '../support/client.ts'
import { HAS_CHROMIUM } from './browser.ts'
import type { Visitor } from './browser.ts'
import { button, call, CLI, follow, heading, SETUP_TIMEOUT_MS, startInstallation, TIMEOUT_MS } from './installation.ts'
import type { Installation } from './installation.ts'
import { findFaults, walkByKeyboard } from './page-checks.ts'

const TITLE = HAS_CHROMIUM ? 'the console in Chromium' : 'the console, not judged: Chromium is not installed'
const SESSION_COOKIE = '__Host-breakwater'
const PAGES = [
  ['Home', 'What needs you'],
  ['Access', 'Access'],
  ['Break-glass', 'Break-glass'],
  ['Recertification', 'Recertification'],
  ['Explain', 'Explain'],
  ['Sessions', 'Sessions'],
] as const

let installation: Installation
let admin: Visitor
let clerk: Visitor

describe.skipIf(!HAS_CHROMIUM).sequential(TITLE, { timeout: TIMEOUT_MS }, () => {
  beforeAll(async () => {
    installation = await startInstallation({
      'mara.lind': { groups: ['billing'], amr: ['pwd', 'otp', 'mfa'] },
      'dr.okafor': { groups: ['ward'], amr: ['hwk', 'user', 'mfa'] },
      'one.factor': { groups: ['billing'], amr: ['pwd'] },
    })
    admin = await installation.openVisitor()
  }, SETUP_TIMEOUT_MS)
  afterAll(async () => installation?.stop(), TIMEOUT_MS)

  test('before anybody administers, the log-in page says how to begin', async () => {
    await admin.page.goto(installation.server.origin)
    await heading(admin.page, 'Log in').waitFor()
    await admin.page.getByText('npx breakwater admin bootstrap').waitFor()
    await admin.shoot('log-in-first')
  })

  test('a one-use link enrols a passkey, and its secret leaves the address at once (AC-03)', async () => {
    const { page } = admin
    await page.goto('about:blank')
    await page.goto(await installation.mintBootstrapLink())
    await heading(page, 'Enrol a passkey').waitFor()
    expect(page.url()).toBe(installation.url('/enrol'))
    await admin.shoot('enrol')
    await page.getByLabel('Name of the passkey').fill('Test key')
    await button(page, 'Make a passkey').click()
    await heading(page, 'What needs you').waitFor()
    await page.getByText('Only one administrator.').waitFor()
    await admin.shoot('home-first')
  })

  test('the session is a cookie that no script can read, and nothing else is kept in the browser', async () => {
    const { page, context } = admin
    const cookies = await context.cookies()
    expect(
      cookies.map(({ name, httpOnly, secure, sameSite, path }) => ({ name, httpOnly, secure, sameSite, path })),
    ).toEqual([{ name: SESSION_COOKIE, httpOnly: true, secure: true, sameSite: 'Strict', path: '/' }])
    expect(await page.evaluate('document.cookie')).toBe('')
    expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).toBe('[{},{}]')
    expect(await page.evaluate('indexedDB.databases().then((all) => all.length)')).toBe(0)
  })

  test('logging out ends the session; a passkey begins another', async () => {
    const { page } = admin
    await button(page, 'Log out').click()
    await page.getByText('You are logged out.').waitFor()
    expect((await call(page, 'GET', '/api/v1/session')).status).toBe(401)
    await button(page, 'Log in with a passkey').click()
    await heading(page, 'What needs you').waitFor()
  })

  test('the command line logs in by a code that the person approves after seeing who asks (AC-04)', async () => {
    const { page } = admin
    const env = { PATH: process.env['PATH'] ?? '', XDG_CONFIG_HOME: installation.home.temporary }
    const cli = (...args: string[]) =>
      [process.execPath, ['--conditions=breakwater-source', CLI, ...args], { env }] as const
    const program = spawn(
      ...cli('login', '--url', installation.server.origin, '--ca', join(installation.home.home, 'ca.pem')),
    )
    const exited = once(program, 'exit')
    let said = ''
    for await (const chunk of program.stdout) {
      said += String(chunk)
      const code = /and type (\S+)/.exec(said)?.[1]
      if (code === undefined || said.includes('logged in')) continue
      await page.goto(installation.url('/device'))
      await page.getByLabel('Code').fill(code)
      await button(page, 'Look it up').click()
      await page.getByText('breakwater-cli').first().waitFor()
      await admin.shoot('device')
      await button(page, 'Approve').click()
      await page.getByText('The program is logged in as you.').waitFor()
    }
    expect(await exited).toEqual([0, null])
    expect(said).toMatch(/logged in as person-[0-9a-f]{16}, until /)
    expect(said).not.toContain('bws_')
    const kept = join(installation.home.temporary, 'breakwater', 'session.json')
    expect((await stat(kept)).mode & 0o777).toBe(0o600)
    const run = promisify(execFile)
    expect((await run(...cli('whoami'))).stdout).toMatch(/of default, a person\nroles +administrator/)
    expect((await run(...cli('logout'))).stdout).toBe('logged out\n')
    await expect(stat(kept)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a person comes in through an identity provider, with the roles of its groups (AC-04)', async () => {
    await installation.putDirectory(admin.page, [
      { group: 'billing', roles: ['billing-specialist'], purposes: ['HPAYMT'], mayRestore: false },
      { group: 'ward', roles: ['clinician'], purposes: ['TREAT'], mayRestore: true },
    ])
    clerk = await installation.openVisitor()
    await installation.logInAtDirectory(clerk, 'mara.lind', '/sessions')
    await heading(clerk.page, 'Sessions').waitFor()
    await clerk.page.getByText('by identity provider').waitFor()
    await clerk.shoot('sessions-clerk')
  })

  test('one factor is not enough, and the log-in page says so with the code (AC-03)', async () => {
    const visitor = await installation.openVisitor()
    await installation.logInAtDirectory(visitor, 'one.factor', '/')
    await visitor.page.getByText('auth.mfa-required').waitFor()
    await visitor.page.getByText('use your second factor').waitFor()
    await visitor.shoot('log-in-refused')
    expect(visitor.complaints).toEqual([])
    await visitor.context.close()
  })

  test('a request for access is approved by another person (AC-11)', async () => {
    const { page } = clerk
    await page.goto(installation.url('/requests'))
    await page.getByLabel('Role', { exact: true }).selectOption('auditor')
    await page.getByLabel('Reason').selectOption('coverage')
    await page.getByLabel('Justification').fill('Covers the audit desk this afternoon.')
    await button(page, 'Ask').click()
    await page.getByText('Asked. Somebody else answers it').waitFor()
    await clerk.shoot('requests-asked')

    await admin.page.goto(installation.url('/'))
    await admin.page.getByRole('link', { name: 'mara.lind asks for auditor' }).click()
    await admin.shoot('requests-to-answer')
    await button(admin.page, /^Approve/).click()
    await admin.page.getByText('Nobody is waiting for access.').waitFor()
    await button(admin.page, /^End: access of/).waitFor()
    await admin.shoot('requests-approved')
  })

  test('a recertification is answered item by item; what is revoked ends (AC-10)', async () => {
    const { page } = admin
    const me = await call(page, 'GET', '/api/v1/session')
    const campaign: RecertificationInput = {
      scope: ['grant', 'token'],
      reviewers: [(me.body as { person: { id: string } }).person.id],
      dueAt: new Date(Date.now() + 86_400_000).toISOString(),
    }
    expect((await call(page, 'POST', '/api/v1/recertifications', campaign)).status).toBe(200)
    await page.goto(installation.url('/recertification'))
    await button(page, /^Keep: token app/).click()
    await button(page, 'Revoke: grant mara.lind').click()
    await admin.shoot('recertification-confirm')
    await button(page, 'Revoke').and(page.locator('.bw-confirm button')).click()
    await page.getByText('revoked').first().waitFor()
    await admin.shoot('recertification')
  })

  test('a broken glass is an alert for who oversees, and is reviewed by another person (AC-09)', async () => {
    const ward = await installation.openVisitor()
    await installation.logInAtDirectory(ward, 'dr.okafor', '/')
    await heading(ward.page, 'What needs you').waitFor()
    const opened = await call(ward.page, 'POST', '/api/v1/break-glass', {
      reason: 'emergency-treatment',
      justification: 'Emergency room, no time to ask anybody.',
    })
    expect(opened.status).toBe(200)

    const { page } = admin
    await page.goto(installation.url('/'))
    await page.getByText('Somebody broke the glass').waitFor()
    await admin.shoot('home-due')
    await button(page, 'Acknowledge: Somebody broke the glass').click()
    await page.getByRole('link', { name: /^dr[.]okafor broke the glass/ }).click()
    await page.getByText('Reviewed once it has ended.').waitFor()
    await admin.shoot('break-glass')

    const { id } = opened.body as { readonly id: string }
    expect((await call(ward.page, 'POST', `/api/v1/break-glass/${id}/close`)).status).toBe(204)
    expect(ward.complaints).toEqual([])
    await ward.context.close()
    await page.reload()
    await button(page, /^Justified: break-glass of dr[.]okafor/).click()
    await page.getByText('justified, by administrator').waitFor()
  })

  test('what the policies would decide is told with the deciding policies and what was missing', async () => {
    const { page } = admin
    await page.goto(installation.url('/explain'))
    await page.getByLabel('Role').selectOption('billing-specialist')
    await page.getByLabel('Action').selectOption('cross')
    await page.getByLabel('Purpose of use').selectOption('TREAT')
    await button(page, 'Explain').click()
    await page.getByRole('heading', { name: 'Refused' }).waitFor()
    const refused = page.getByRole('status')
    await refused.getByText('default-deny').waitFor()
    await refused.getByText('billing-crosses').waitFor()
    await admin.shoot('explain-refused')
    await page.getByLabel('Purpose of use').selectOption('HPAYMT')
    await button(page, 'Explain').click()
    await page.getByRole('heading', { name: 'Allowed' }).waitFor()
    await admin.shoot('explain-allowed')
  })

  test('what changes who may do what asks for the passkey again after five minutes (AC-03)', async () => {
    const { page } = admin
    await page.goto(installation.url('/sessions'))
    await installation.ageSessions(page)
    await button(page, /^Add a passkey/).click()
    await page.getByRole('dialog', { name: 'Confirm that it is you' }).waitFor()
    await admin.shoot('step-up')
    await button(page, 'Use my passkey').click()
    // It was confirmed: what is refused now is a second passkey on the same device.
    await page.getByText('passkey.exists').waitFor()
    await admin.shoot('passkey-exists')
  })

  test('a revoked session is refused within five seconds, and its page shows the log-in', async () => {
    await admin.page.goto(installation.url('/sessions'))
    await button(admin.page, /^Revoke: mara[.]lind/)
      .first()
      .click()
    const revokedMs = performance.now()
    while ((await call(clerk.page, 'GET', '/api/v1/whoami')).status !== 401) {
      expect(performance.now() - revokedMs).toBeLessThan(5_000)
      await sleep(50)
    }
    await follow(clerk.page, 'Sessions')
    await clerk.page.getByText('Your session has ended').waitFor()
    await clerk.shoot('log-in-revoked')
  })

  test('a change that another site asks for with the cookie is refused', async () => {
    const [cookie] = await admin.context.cookies()
    const client = createClient(installation.server.origin, await installation.readHome('ca.pem'))
    const post = async (headers: Record<string, string>): Promise<[number, string]> => {
      const answer = await client.send('/api/v1/session/others/end', {
        headers: {
          cookie: `${SESSION_COOKIE}=${cookie?.value ?? ''}`,
          'user-agent': await userAgentOf(admin.page),
          ...headers,
        },
      })
      return [answer.status, answer.body.toString()]
    }
    const refused = [403, expect.stringContaining('/errors/auth.cross-site')]
    expect(await post({ origin: 'https://other.example', 'sec-fetch-site': 'cross-site' })).toEqual(refused)
    expect(await post({ origin: 'https://other.example' })).toEqual(refused)
    expect(await post({ origin: 'null' })).toEqual(refused)
    expect(await post({})).toEqual(refused)
    expect((await post({ origin: installation.server.origin, 'sec-fetch-site': 'same-origin' }))[0]).toBe(200)
    client.close()
  })

  test('a form on another site cannot post with the cookie', async () => {
    const page = await admin.context.newPage()
    await page.goto(`${installation.issuer.issuer}/log-in/page`)
    const answered = page.waitForResponse((answer) => answer.url().startsWith(installation.server.origin))
    await page.evaluate(`(() => {
      const form = document.createElement('form')
      form.method = 'post'
      form.action = ${JSON.stringify(`${installation.server.origin}/api/v1/session/end`)}
      document.documentElement.append(form)
      form.submit()
    })()`)
    expect([401, 403]).toContain((await answered).status())
    expect((await call(admin.page, 'GET', '/api/v1/session')).status).toBe(200)
  })

  test('every page: one title, names for all controls, contrast, 400 pixels, light and dark', async () => {
    const { page } = admin
    for (const [colorScheme, width] of [
      ['light', 1_180],
      ['dark', 400],
    ] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      for (const [link, title] of PAGES) {
        await follow(page, link)
        await heading(page, title).waitFor()
        await page.getByLabel('Reading').first().waitFor({ state: 'detached' })
        expect([title, colorScheme, await findFaults(page)]).toEqual([title, colorScheme, []])
        await admin.shoot(`page-${link.toLowerCase()}-${colorScheme}-${width}`)
      }
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1_180, height: 800 })
  })

  test('the keyboard reaches everything, and shows where it is', async () => {
    await admin.page.goto(installation.url('/requests'))
    await admin.page.getByLabel('Justification').waitFor()
    const names = await walkByKeyboard(admin.page)
    expect(names.filter((name) => name.includes('focus not shown'))).toEqual([])
    expect(names).toEqual(expect.arrayContaining(['Ask']))
  })

  test('15 minutes without a touch: the page is emptied, says why, and the session is over (AC-06)', async () => {
    const { page } = admin
    await page.clock.install()
    await page.goto(installation.url('/sessions'))
    await heading(page, 'Sessions').waitFor()
    await page.clock.fastForward('13:30')
    await page.getByText('you are logged out').waitFor()
    await admin.shoot('idle-warning')
    await page.clock.fastForward('01:31')
    await page.getByText('You were logged out because nothing was done here for a while.').waitFor()
    await admin.shoot('log-in-idle')
    expect(await page.getByText('Test key').count()).toBe(0)
    expect((await call(page, 'GET', '/api/v1/session')).status).toBe(401)
  })

  test('no page broke its policy, threw, or complained', () => {
    expect(admin.complaints).toEqual([])
    expect(clerk.complaints).toEqual([])
  })
})

async function userAgentOf(page: Page): Promise<string> {
  return page.evaluate<string>('navigator.userAgent')
}
