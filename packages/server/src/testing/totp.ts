import type { InvitationInput, Role } from '@breakwater/contract'
import { totpEnrolmentSchema } from '@breakwater/contract'
import { generateSync, ScureBase32Plugin } from 'otplib'
import { z } from 'zod'
import type { App } from '../app.ts'
import { HOME_TENANT } from '../app.ts'
import type { Browser, BrowserOptions } from './browser.ts'
import { createBrowser } from './browser.ts'

/** A person who came in by a password and codes, and what shows them. */
export interface TotpHolder extends Browser {
  readonly id: string
  readonly password: string
  readonly secret: string
}

const STEP_MS = 30_000

/** What an authenticator app shows at an instant (RFC 6238, as every app has it). */
export function computeTotp(secret: string, at: Date): string {
  const counter = Math.floor(at.getTime() / STEP_MS)
  return generateSync({
    strategy: 'hotp',
    secret: new ScureBase32Plugin().decode(secret),
    counter,
    digits: 6,
    algorithm: 'sha1',
  })
}

/** Uses a one-use link for a password and codes: the lesser choice. The code of this step is used up. */
export async function enrolByTotp(
  app: Pick<App, 'request' | 'services'>,
  roles: readonly Role[],
  now: () => Date,
  options: BrowserOptions = {},
): Promise<TotpHolder> {
  const browser = createBrowser(app, options)
  // Any role: the route offers only those of local accounts.
  const input = { name: 'Ann', roles } as unknown as InvitationInput
  const { url } = await app.services.invitations.invite({ tenant: HOME_TENANT, id: 'breakwater' }, input)
  const token = new URL(url).hash.slice(1)
  const offered = await browser.call('POST', '/api/v1/enrol/totp/options', { token })
  const { challenge, secret, password } = totpEnrolmentSchema.parse(await offered.json())
  const code = computeTotp(secret, now())
  const enrolled = await browser.call('POST', '/api/v1/enrol/totp', { token, challenge, code })
  if (enrolled.status !== 204) throw new Error(`not enrolled: ${enrolled.status} ${await enrolled.text()}`)
  const { id } = z.object({ id: z.string() }).parse(await (await browser.call('GET', '/api/v1/whoami')).json())
  return { ...browser, id, password, secret }
}
