import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  DEVICE_CLIENT,
  DEVICE_GRANT,
  deviceAuthorizationSchema,
  tokenRefusalSchema,
  ROUTES,
  tokenAnswerSchema,
} from '@breakwater/contract'
import type { DeviceAuthorization, TokenAnswer } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import { ApiRefusal, createApiClient } from '../api/client.ts'
import { createApiCommand } from '../api/command.ts'
import { localUrl, readUrl } from '../api/credential.ts'
import { postForm } from '../api/form.ts'
import type { FormAnswer } from '../api/form.ts'
import { readHomeFile } from '../api/home.ts'
import { readSession, removeSession, writeSession } from '../api/session-file.ts'
import type { Command, Given } from '../command.ts'
import { createStyle } from '../style.ts'
import type { Terminal } from '../terminal.ts'

const SLOWER_SECONDS = 5

export const loginCommands: readonly Command[] = [
  {
    name: 'login',
    summary: 'log in as yourself: a browser approves what is shown here',
    options: {
      url: { type: 'string', value: 'URL', help: 'address of the server, https' },
      ca: { type: 'string', value: 'PATH', help: "its authority in PEM; BREAKWATER_HOME's or the system's without it" },
      tenant: { type: 'string', value: 'ID', help: 'whose account; that of the installation when left out' },
      scope: { type: 'string', multiple: true, value: 'SCOPE', help: 'only this: an action, or action:PURPOSE' },
    },
    notes: [
      'The log-in lasts 15 minutes without a command, and a working day at most; `breakwater logout` ends it.',
      'It is kept in session.json, mode 0600: in BREAKWATER_HOME, else in ~/.config/breakwater.',
      'Commands speak as --token-file, else as this log-in, else as the administrator of this machine.',
    ],
    async run(given, terminal) {
      const style = createStyle(terminal.stdout, terminal.environment)
      const url = readUrl(given) ?? localUrl(terminal)
      const ca = await readAuthority(given, terminal)
      const scopes = given.list('scope')
      const started = await start(url, ca, {
        client_id: DEVICE_CLIENT,
        tenant: given.text('tenant'),
        scope: scopes.length > 0 ? scopes.join(' ') : undefined,
      })
      const lines = [
        `open ${started.verification_uri}`,
        `and type ${style.good(started.user_code)}`,
        style.dim(`or open ${started.verification_uri_complete}`),
        style.dim(`waiting, ${Math.round(started.expires_in / 60)} minutes at most`),
      ]
      terminal.stdout.write(`${lines.join('\n')}\n`)
      const answer = await waitForApproval(url, ca, started)
      const endsAt = new Date(Date.now() + answer.expires_in * 1_000).toISOString()
      await writeSession(terminal, { url, ca, token: answer.access_token, endsAt })
      const person = await createApiClient({ baseUrl: url, ca, token: answer.access_token }).call('whoami')
      terminal.stdout.write(`${style.good('logged in')} as ${person.id}, until ${endsAt} at the latest\n`)
    },
  },
  {
    name: 'logout',
    summary: 'end the log-in of `breakwater login`, here and on the server',
    options: {},
    async run(_given, terminal) {
      const style = createStyle(terminal.stdout, terminal.environment)
      const session = await readSession(terminal)
      if (!session) {
        terminal.stdout.write(`${style.dim('nobody is logged in')}\n`)
        return
      }
      // What ended already needs no ending; where the server cannot be told, the file stays for another try.
      await createApiClient({ baseUrl: session.url, ca: session.ca, token: session.token })
        .call('endSession')
        .catch((error: unknown) => {
          if (!(error instanceof ApiRefusal) || error.status !== 401) throw error
        })
      await removeSession(terminal)
      terminal.stdout.write(`${style.good('logged out')}\n`)
    },
  },
  createApiCommand({
    name: 'whoami',
    summary: 'as whom commands speak to the server, and what that may',
    options: {},
    async tell(client) {
      const who = await client.call('whoami')
      return {
        json: who,
        lines: [
          `${who.id} of ${who.tenant}, ${who.kind === 'human' ? 'a person' : 'a service'}`,
          `roles     ${who.roles.join(', ') || 'none'}`,
          `purposes  ${who.purposes.join(', ') || 'none'}`,
        ],
      }
    },
  }),
]

async function readAuthority(given: Given, terminal: Terminal): Promise<string | null> {
  const path = given.text('ca')
  if (path !== undefined) return readFile(path, 'utf8')
  return readHomeFile(terminal, 'ca.pem').catch(() => null)
}

async function start(
  url: string,
  ca: string | null,
  form: Readonly<Record<string, string | undefined>>,
): Promise<DeviceAuthorization> {
  const answer = await postForm(new URL(ROUTES.startDevice.path, url), ca, form)
  const parsed = deviceAuthorizationSchema.safeParse(answer.body)
  if (parsed.success) return parsed.data
  throw describeRefusal(answer)
}

/** RFC 8628 sections 3.4 and 3.5. */
async function waitForApproval(url: string, ca: string | null, started: DeviceAuthorization): Promise<TokenAnswer> {
  const form = { client_id: DEVICE_CLIENT, grant_type: DEVICE_GRANT, device_code: started.device_code }
  let intervalSeconds = started.interval
  for (;;) {
    await sleep(intervalSeconds * 1_000)
    const answer = await postForm(new URL(ROUTES.issueAccessToken.path, url), ca, form)
    const parsed = tokenAnswerSchema.safeParse(answer.body)
    if (parsed.success) return parsed.data
    const refusal = tokenRefusalSchema.safeParse(answer.body).data?.error
    if (refusal === 'slow_down') intervalSeconds += SLOWER_SECONDS
    else if (refusal !== 'authorization_pending') throw describeRefusal(answer)
  }
}

function describeRefusal({ status, body }: FormAnswer): Error {
  const parsed = tokenRefusalSchema.safeParse(body)
  if (parsed.success) return new ApiRefusal(`${parsed.data.error_description} (${parsed.data.code})`, status)
  return status === 429
    ? new ApiRefusal('too many log-ins wait to be answered: try again in ten minutes (auth.rate-limited)', status)
    : new AppError('provider.failed', { message: 'no Breakwater answers there' })
}
