import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { DEVICE_CLIENT, scopesSchema, slugSchema } from '@breakwater/contract'
import type { Clock, Keyring, Log } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { RecordChange } from '../../platform/audit/change.ts'
import type { Caller } from '../../platform/http/env.ts'
import type { Form } from '../../platform/http/form.ts'
import type { SessionService } from '../sessions/index.ts'
import type { DeviceCodeStore, Polled, WaitingCode } from './store.ts'
import type { DeviceService } from './types.ts'
import { macUserCode, mintUserCode, showUserCode } from './user-code.ts'

export interface DeviceDeps {
  readonly store: DeviceCodeStore
  readonly sessions: Pick<SessionService, 'createSession'>
  readonly keyring: Pick<Keyring, 'currentVersion' | 'deriveMac'>
  readonly clock: Clock
  readonly log: Log
  readonly recordChange: RecordChange
  /** Address of this server as people's browsers know it. */
  readonly publicUrl: () => string
  /** Whose log-in it is when a program names no tenant. */
  readonly homeTenant: string
}

const CODE_SECONDS = 600
const INTERVAL_SECONDS = 5
const SECRET_BYTES = 32
const DEVICE_CODE = /^bwd_([a-z0-9-]{1,63})_[A-Za-z0-9_-]{43}$/
const LIMITS = { perAddress: 10, perTenant: 1_000 }
const GUESS_WINDOW_MS = 900_000
const MAX_GUESSES = 5

/** RFC 8628, with this server on both ends: what a person approves in a browser becomes a session of the command line. */
export function createDeviceService(deps: DeviceDeps): DeviceService {
  const { store, sessions, keyring, clock, log, recordChange, publicUrl, homeTenant } = deps

  /** The code a person typed. Typing what nobody waits under is guessing, and five times in 15 minutes locks it. */
  async function findTyped({ tenant, id }: Caller, userCode: string): Promise<WaitingCode> {
    const now = clock.now()
    const since = new Date(now.getTime() - GUESS_WINDOW_MS)
    if ((await store.countGuesses(tenant, id, since)) >= MAX_GUESSES) throw locked()
    const found = await store.findWaiting(tenant, macUserCode(keyring, tenant, userCode), now)
    if (found) return found
    const attempts = await store.addGuess(tenant, id, now, since, async (trx, count) => {
      if (count !== MAX_GUESSES) return
      const about = { actor: { tenant, id }, principal: id, decision: 'deny' } as const
      await recordChange(trx, { ...about, kind: 'device.locked', object: 'user-code', counts: { attempts: count } })
    })
    if (attempts === MAX_GUESSES) log('alert', { code: 'device.locked', tenant, principal: id })
    throw new AppError('resource.unknown', { message: 'no program waits under this code', field: '/userCode' })
  }

  async function answer(caller: Caller, userCode: string, word: 'approved' | 'denied'): Promise<void> {
    const { tenant, id, session } = caller
    if (!session) throw notABrowser()
    const code = await findTyped(caller, userCode)
    const answered = { principal: id, answer: word, at: clock.now(), session: session.id }
    const isDone = await store.answer(tenant, code.id, answered, async (trx) =>
      recordChange(trx, {
        actor: { tenant, id },
        kind: `device.${word}`,
        object: code.id,
        principal: id,
        ...(code.scopes && { counts: { scopes: code.scopes.length } }),
      }),
    )
    if (!isDone) throw notABrowser()
  }

  return {
    async start(form, client) {
      const tenant = form.get('tenant') ?? homeTenant
      requireClient(form)
      if (!slugSchema.safeParse(tenant).success) throw refuse('no such tenant', 'tenant')
      const scopes = readScopes(form.get('scope'))
      const createdAt = clock.now()
      const secret = `bwd_${tenant}_${randomBytes(SECRET_BYTES).toString('base64url')}`
      const userCode = mintUserCode()
      const [userCodeMac] = macUserCode(keyring, tenant, userCode)
      const isAdded = await store.add(
        tenant,
        {
          ...client,
          id: randomUUID(),
          sha256: hash(secret),
          userCodeMac,
          client: DEVICE_CLIENT,
          scopes,
          createdAt,
          expiresAt: new Date(createdAt.getTime() + CODE_SECONDS * 1_000),
          intervalSeconds: INTERVAL_SECONDS,
        },
        LIMITS,
      )
      if (!isAdded) throw new AppError('auth.rate-limited', { message: 'too many log-ins wait to be answered' })
      const page = new URL('/console/device', publicUrl())
      const complete = new URL(page)
      // In the fragment: a code is no secret of the server's, but no log need keep it.
      complete.hash = showUserCode(userCode)
      return {
        device_code: secret,
        user_code: showUserCode(userCode),
        verification_uri: page.href,
        verification_uri_complete: complete.href,
        expires_in: CODE_SECONDS,
        interval: INTERVAL_SECONDS,
      }
    },

    async read(caller, userCode) {
      if (!caller.session) throw notABrowser()
      const { id: _id, createdAt, expiresAt, scopes, ...shown } = await findTyped(caller, userCode)
      return {
        ...shown,
        scopes: scopes && [...scopes],
        createdAt: createdAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
      }
    },

    approve: async (caller, userCode) => answer(caller, userCode, 'approved'),
    deny: async (caller, userCode) => answer(caller, userCode, 'denied'),

    async redeem(form, client) {
      requireClient(form)
      const code = form.get('device_code') ?? ''
      const tenant = DEVICE_CODE.exec(code)?.[1]
      const polled = tenant === undefined ? undefined : await store.poll(tenant, hash(code), clock.now())
      if (tenant === undefined || !polled) throw refuse('no such device code, or it was used', 'device_code')
      const session = requireApproved(polled)
      const { secret, session: started } = await sessions.createSession({
        tenant,
        principal: session.principal,
        method: 'device',
        carrier: 'bearer',
        isMfa: true,
        isPhishingResistant: session.isPhishingResistant,
        authenticatedAt: session.authenticatedAt,
        client,
        approvedBy: session.id,
        ...(polled.scopes && { scopes: polled.scopes }),
      })
      return {
        access_token: secret,
        token_type: 'Bearer',
        expires_in: Math.floor((started.endsAt.getTime() - started.startedAt.getTime()) / 1_000),
        scope: (polled.scopes ?? []).join(' '),
      }
    },
  }
}

function requireApproved({ isExpired, isTooSoon, answer, session }: Polled): NonNullable<Polled['session']> {
  if (isExpired) throw new AppError('auth.device-expired', { message: 'the code has run out: begin again' })
  if (isTooSoon) throw new AppError('auth.device-slow-down', { message: 'asked too soon: wait five seconds longer' })
  if (answer === null) throw new AppError('auth.device-pending', { message: 'nobody has answered yet' })
  // Whoever logged out, or was cut off, since the approval took it along.
  if (session === undefined) throw new AppError('auth.device-denied', { message: 'the log-in was denied' })
  return session
}

function requireClient(form: Form): void {
  if (form.get('client_id') !== DEVICE_CLIENT) {
    throw refuse('client_id has to be that of the command line', 'client_id')
  }
}

function readScopes(text: string | undefined): readonly string[] | null {
  if (text === undefined) return null
  const parsed = scopesSchema.safeParse([...new Set(text.split(' ').filter((scope) => scope !== ''))])
  if (parsed.success) return parsed.data
  throw new AppError('auth.scope-refused', { message: 'a scope is an action, or action:PURPOSE', field: 'scope' })
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

function refuse(message: string, field: string): AppError {
  return new AppError('auth.grant-refused', { message, field })
}

function notABrowser(): AppError {
  return new AppError('resource.conflict', {
    message: 'a code is answered once, by a person who is logged in with a browser',
  })
}

function locked(): AppError {
  return new AppError('auth.locked', { message: 'too many wrong codes: try again in 15 minutes' })
}
