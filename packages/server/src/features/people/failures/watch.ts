import { randomUUID } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Clock, ErrorCode, Keyring, Log } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { RecordChange, Transaction } from '../../../platform/audit/change.ts'
import { PROGRAM } from '../../../platform/audit/change.ts'
import type { AlertService } from '../../alerts/index.ts'
import type { Client } from '../../sessions/index.ts'
import type { FailureKind, FailureRate } from './rates.ts'
import { FAILURE_RATES } from './rates.ts'
import type { FailureStore } from './store.ts'

/** Counts failed log-ins on all replicas together, and raises `signin-failing` once a window. */
export interface FailureWatch {
  /** One more of a person, in the transaction that counts it against the lock. */
  countAccountIn(trx: Transaction, tenant: string, principal: string): Promise<void>
  /** The attempt; one that fails as a guess would counts against its source. Throws what the attempt throws. */
  watchSource<Result>(tenant: string, client: Client, attempt: () => Promise<Result>): Promise<Result>
}

export interface FailureWatchDeps {
  readonly store: FailureStore
  readonly alerts: Pick<AlertService, 'raiseIn'>
  readonly keyring: Pick<Keyring, 'deriveMac'>
  readonly clock: Clock
  readonly log: Log
  readonly recordChange: RecordChange
  /** Left out: those of this version. */
  readonly rates?: Readonly<Record<FailureKind, FailureRate>>
}

/** What wrong factors, unknown people, and people who may not come in look like from outside. */
const FAILURES: ReadonlySet<ErrorCode> = new Set([
  'auth.invalid',
  'auth.locked',
  'auth.mfa-required',
  'auth.sign-in-failed',
])

export function createFailureWatch(deps: FailureWatchDeps): FailureWatch {
  const { store, alerts, keyring, clock, log, recordChange, rates = FAILURE_RATES } = deps
  // Under version 1 of the key for good: what is counted lives a day, and a rotation must not begin it anew.
  const macOf = (tenant: string, kind: FailureKind, subject: string): Buffer =>
    Buffer.from(keyring.deriveMac('tokens', 1, tenant, ['signin-failures', kind])(subject))

  async function countIn(
    trx: Transaction,
    tenant: string,
    kind: FailureKind,
    subject: string,
    about: { readonly principal?: string; readonly source?: string },
  ): Promise<boolean> {
    const { maxFailures, windowSeconds } = rates[kind]
    const mac = macOf(tenant, kind, subject)
    const failures = await store.countIn(trx, { tenant, kind, mac, at: clock.now(), windowSeconds })
    if (failures !== maxFailures) return false
    await alerts.raiseIn(trx, { tenant, kind: 'signin-failing', object: randomUUID(), ...about })
    const { principal } = about
    await recordChange(trx, {
      actor: { tenant, id: PROGRAM },
      kind: 'signin.failing',
      object: 'sign-in',
      decision: 'deny',
      codes: [kind],
      counts: { failures },
      ...(principal !== undefined && { principal }),
    })
    log('alert', { code: 'signin.failing', tenant, ...about })
    return true
  }

  return {
    async countAccountIn(trx, tenant, principal) {
      await countIn(trx, tenant, 'account', principal, { principal })
    },

    async watchSource(tenant, { address }, attempt) {
      try {
        return await attempt()
      } catch (thrown) {
        if (thrown instanceof AppError && FAILURES.has(thrown.code)) {
          const source = toNetwork(address)
          await store.transact(tenant, async (trx) => {
            await countIn(trx, tenant, 'source', source, { source })
          })
        }
        throw thrown
      }
    },
  }
}

const GROUPS = 8
const NETWORK_GROUPS = 4

/** One subscriber has a /64 of IPv6 and changes addresses in it at will; of IPv4 the address itself. */
export function toNetwork(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [plain = ''] = address.split('%')
  if (!isIPv6(plain) || plain === '::1') return address
  const [left = [], right = []] = plain.split('::').map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: Math.max(0, GROUPS - left.length - right.length) }, () => '0')
  const groups = plain.includes('::') ? [...left, ...zeros, ...right] : left
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
