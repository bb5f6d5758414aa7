import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { IdentityProviderInput } from '@breakwater/contract'
import { startIdentityProvider } from '@breakwater/testkit'
import type { IdentityProviderOptions, RunningIdentityProvider } from '@breakwater/testkit'
import { Client } from 'pg'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { makeScratchHome } from '../support/home.ts'
import type { ScratchHome } from '../support/home.ts'
import { findCluster } from '../support/postgres.ts'
import { findFreePort, startServer } from '../support/server.ts'
import type { RunningServer } from '../support/server.ts'
import { openBrowser, openVisitor } from './browser.ts'
import type { Visitor } from './browser.ts'
import { buildConsole } from './build.ts'

export const CLI = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
export const TIMEOUT_MS = 60_000
/** Builds, starts a database and two servers: on a busy machine that takes its time. */
export const SETUP_TIMEOUT_MS = 240_000
const CLIENT_ID = 'breakwater'
const DIRECTORY = 'directory'
const POLL_MS = 50
const WITHIN_MS = 15_000

/** A server with its console, a directory of people beside it, and a browser that trusts both. */
export interface Installation {
  readonly home: ScratchHome
  readonly server: RunningServer
  readonly issuer: RunningIdentityProvider
  readonly browser: Browser
  /** An address of the console. */
  url(path: string): string
  readHome(name: string): Promise<string>
  openVisitor(options?: BrowserContextOptions): Promise<Visitor>
  /** The link of the first administrator, as the command line prints it. */
  mintBootstrapLink(): Promise<string>
  /** Enrols by a one-use link, as a person does. */
  enrol(visitor: Visitor, link: string): Promise<void>
  /** Makes the directory known, as `page`'s person. */
  putDirectory(page: Page, groups: IdentityProviderInput['groups']): Promise<void>
  /** From the console's log-in page through the directory's and back to the page that was asked for. */
  logInAtDirectory(visitor: Visitor, account: string, path: string): Promise<void>
  /** Everybody's last factor was shown six minutes ago: waits until `page`'s server knows. */
  ageSessions(page: Page): Promise<void>
  stop(): Promise<void>
}

export async function startInstallation(people: IdentityProviderOptions['people']): Promise<Installation> {
  const home = await makeScratchHome()
  const started: (() => Promise<unknown>)[] = [async () => home.remove()]
  const stop = async (): Promise<void> => {
    for (const end of started.splice(0).toReversed()) await end()
  }
  try {
    return await start(home, people, started, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(
  home: ScratchHome,
  people: IdentityProviderOptions['people'],
  started: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<Installation> {
  const readHome = async (name: string): Promise<string> => readFile(join(home.home, name), 'utf8')
  const [port, issuerPort] = await Promise.all([findFreePort(), findFreePort(), buildConsole()])
  const options = { home: home.home, port, env: { TMPDIR: home.temporary } }
  // Its first start makes the certificate that the identity provider uses too, and which it has to trust then.
  await (await startServer(options)).stop()
  const [certificate, key] = await Promise.all([readHome('server.pem'), readHome('server.key')])
  const trusting = { ...options.env, NODE_EXTRA_CA_CERTS: join(home.home, 'ca.pem') }
  const server = await startServer({ ...options, env: trusting })
  started.push(async () => server.stop())
  // Generated for each run: nothing in these files opens anything.
  const clientSecret = crypto.randomUUID()
  await writeFile(join(home.home, 'secrets', DIRECTORY), clientSecret, { mode: 0o600 })
  const redirectUri = `${server.origin}/api/v1/sign-in/callback/${DIRECTORY}`
  const client = { clientId: CLIENT_ID, clientSecret, redirectUri }
  const issuer = await startIdentityProvider({ port: issuerPort, certificate, key, ...client, people })
  started.push(async () => issuer.stop())
  const browser = await openBrowser(certificate)
  started.push(async () => browser.close())
  const url = (path: string): string => `${server.origin}/console${path}`

  return {
    home,
    server,
    issuer,
    browser,
    url,
    readHome,
    openVisitor: async (how) => openVisitor(browser, how),

    async mintBootstrapLink() {
      const cli = ['--conditions=breakwater-source', CLI, 'admin', 'bootstrap', '--json']
      const env = { ...process.env, BREAKWATER_HOME: home.home }
      const { stdout } = await promisify(execFile)(process.execPath, cli, { env })
      return (JSON.parse(stdout) as { readonly url: string }).url
    },

    async enrol({ page }, link) {
      await page.goto(link)
      await page.getByLabel('Name of the passkey').fill('Test key')
      await button(page, 'Make a passkey').click()
      await heading(page, 'What needs you').waitFor()
    },

    async putDirectory(page, groups) {
      const provider: IdentityProviderInput = {
        label: 'St. Brigid directory',
        issuer: issuer.issuer,
        clientId: CLIENT_ID,
        clientAuthentication: 'client_secret_basic',
        credentialFile: DIRECTORY,
        scopes: [],
        groupsClaim: 'groups',
        groups,
        mfa: { acr: [], amr: [['mfa']] },
        phishingResistant: { acr: [], amr: [] },
        maxAuthenticationAgeSeconds: 3_600,
      }
      const put = await call(page, 'PUT', `/api/v1/identity-providers/${DIRECTORY}`, provider)
      expect(put).toMatchObject({ status: 200 })
    },

    async logInAtDirectory({ page }, account, path) {
      await page.goto(url(path))
      await button(page, 'Log in with St. Brigid directory').click()
      await page.getByLabel('Account').fill(account)
      await button(page, 'Sign in').click()
    },

    async ageSessions(page) {
      const database = new Client({ connectionString: (await findCluster(home.home)).url })
      await database.connect()
      await database.query("update sessions set authenticated_at = authenticated_at - interval '6 minutes'")
      await database.end()
      await waitFor(async () => {
        const { body } = await call(page, 'GET', '/api/v1/session')
        return !(body as { readonly isSteppedUp: boolean }).isSteppedUp
      })
    },

    stop,
  }
}

/** Calls the API from the page, as the page does: with its cookie, from its origin. */
export async function call(
  page: Page,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const init = {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
  return page.evaluate<{ status: number; body: unknown }>(
    `fetch(${JSON.stringify(path)}, ${JSON.stringify(init)}).then(async (answer) =>
      ({ status: answer.status, body: await answer.json().catch(() => undefined) }))`,
  )
}

export const heading = (page: Page, name: string): Locator => page.getByRole('heading', { level: 1, name })
export const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name })

/** Goes to a page by its link, which on a small screen is behind the menu. */
export async function follow(page: Page, name: string): Promise<void> {
  const menu = button(page, 'Menu')
  if ((await menu.isVisible()) && (await menu.getAttribute('aria-expanded')) === 'false') await menu.click()
  await page.getByRole('link', { name, exact: true }).click()
}

/** Throws when it does not hold within 15 seconds. */
export async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  const startedMs = performance.now()
  while (!(await holds())) {
    if (performance.now() - startedMs > WITHIN_MS) throw new Error('not within 15 s')
    await sleep(POLL_MS)
  }
}
