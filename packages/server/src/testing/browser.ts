import { z } from 'zod'
import type { Role } from '@breakwater/contract'
import type { App } from '../app.ts'
import { HOME_TENANT } from '../app.ts'
import type { SoftwareAuthenticator } from './authenticator.ts'
import { createSoftwareAuthenticator } from './authenticator.ts'

/** The address that a test's app has, unless it is told another. */
export const TEST_ORIGIN = 'https://localhost:8443'

const optionsSchema = z.object({ options: z.record(z.string(), z.unknown()) })

export interface BrowserOptions {
  readonly address?: string
  readonly userAgent?: string
  readonly origin?: string
}

/** What a browser does around the console's requests: it keeps cookies and says where it is. */
export interface Browser {
  readonly cookies: Map<string, string>
  readonly authenticator: SoftwareAuthenticator
  /** A request of a page of this origin. Headers of the caller's come last. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** The answer's WebAuthn options. */
  options(path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>>
  /** Uses a one-use link. */
  enrol(url: string, label?: string): Promise<Response>
  signInByPasskey(): Promise<Response>
  stepUpByPasskey(): Promise<Response>
  /** The same cookies somewhere else: a thief's. */
  copy(options: BrowserOptions): Browser
}

export function createBrowser(
  app: Pick<App, 'request'>,
  options: BrowserOptions = {},
  authenticator = createSoftwareAuthenticator(options.origin ?? TEST_ORIGIN),
  cookies = new Map<string, string>(),
): Browser {
  const { address = '127.0.0.1', userAgent = 'Test/1.0', origin = TEST_ORIGIN } = options

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await app.request(
      path,
      {
        method,
        headers: {
          'user-agent': userAgent,
          'sec-fetch-site': 'same-origin',
          ...(method !== 'GET' && { origin }),
          ...(cookie !== '' && { cookie }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      },
      { incoming: { socket: { remoteAddress: address } } },
    )
    for (const line of response.headers.getSetCookie()) keepCookie(cookies, line)
    return response
  }

  async function readOptions(path: string, body: unknown = {}): Promise<Readonly<Record<string, unknown>>> {
    const response = await call('POST', path, body)
    return optionsSchema.parse(await response.json()).options
  }

  return {
    cookies,
    authenticator,
    call,
    options: readOptions,
    async enrol(url, label = 'key') {
      const token = new URL(url).hash.slice(1)
      const response = authenticator.create(await readOptions('/api/v1/enrol/options', { token }))
      return call('POST', '/api/v1/enrol', { token, response, label })
    },
    async signInByPasskey() {
      const response = authenticator.get(await readOptions('/api/v1/sign-in/passkey/options'))
      return call('POST', '/api/v1/sign-in/passkey', { response })
    },
    async stepUpByPasskey() {
      const response = authenticator.get(await readOptions('/api/v1/session/step-up/passkey/options'))
      return call('POST', '/api/v1/session/step-up/passkey', { response })
    },
    copy: (other) => createBrowser(app, { ...options, ...other }, authenticator, new Map(cookies)),
  }
}

/** A person who has just shown a passkey, with these roles: made by an invitation, as a real one is. */
export async function signInAs(
  app: Pick<App, 'request' | 'services'>,
  roles: readonly Role[],
  options: BrowserOptions = {},
): Promise<Browser & { readonly id: string }> {
  const browser = createBrowser(app, options)
  const actor = { tenant: HOME_TENANT, id: 'breakwater' }
  // Any role: the route offers only those of local accounts.
  const input = { name: 'somebody', roles } as unknown as Parameters<App['services']['invitations']['invite']>[1]
  const { url } = await app.services.invitations.invite(actor, input)
  const enrolled = await browser.enrol(url)
  if (enrolled.status !== 204) throw new Error(`not enrolled: ${enrolled.status} ${await enrolled.text()}`)
  const { id } = z.object({ id: z.string() }).parse(await (await browser.call('GET', '/api/v1/whoami')).json())
  return { ...browser, id }
}

function keepCookie(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split('; ')
  const at = pair.indexOf('=')
  const name = pair.slice(0, at)
  cookies.delete(name)
  if (!attributes.includes('Max-Age=0')) cookies.set(name, pair.slice(at + 1))
}
