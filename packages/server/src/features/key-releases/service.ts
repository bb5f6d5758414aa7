import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { attestationRefused } from '@breakwater/keys'
import type { AttestedKekProvider, DekRecord, DekStore, KeyEnvironment, ReleaseRule } from '@breakwater/keys'
import type { RecordChange } from '../../platform/audit/change.ts'
import type { Caller } from '../../platform/http/env.ts'
import type { ChallengeState, ChallengeStore } from './store.ts'
import type { KeyReleaseService } from './types.ts'

export interface KeyReleaseDeps {
  readonly store: ChallengeStore
  readonly keys: Pick<DekStore, 'findById' | 'findCurrent'>
  /** All that ever wrapped, each behind the rules. */
  readonly providers: readonly AttestedKekProvider[]
  readonly rules: readonly ReleaseRule[]
  readonly environment: KeyEnvironment
  readonly clock: Clock
  readonly recordChange: RecordChange
}

const NONCE_BYTES = 32
const NONCE_SECONDS = 120
const MAX_OPEN = 20

const REFUSALS: Readonly<Record<Exclude<ChallengeState, 'fresh'>, string>> = {
  used: 'the nonce of the evidence was used before',
  expired: 'the nonce of the evidence is too old: ask for another',
  unknown: 'the nonce of the evidence was not given to this caller for keys of this class, or under another rule',
}

export function createKeyReleaseService(deps: KeyReleaseDeps): KeyReleaseService {
  const { store, keys, providers, rules, clock, recordChange } = deps

  const findRule = (objectClass: string): ReleaseRule => {
    const rule = rules.find((each) => each.objectClass === objectClass)
    if (!rule) throw new AppError('resource.unknown', { message: 'keys of this class are not released' })
    return rule
  }

  const findRecord = async (tenant: string, objectClass: string, dekId: string | undefined): Promise<DekRecord> => {
    const found =
      dekId === undefined
        ? await keys.findCurrent({ tenant, objectClass, use: 'data' })
        : await keys.findById(tenant, dekId)
    if (found === undefined || found === 'shredded' || found.objectClass !== objectClass || found.use !== 'data') {
      throw new AppError('resource.unknown', { message: 'there is no such key of this class' })
    }
    return found
  }

  const record = async (
    caller: Caller,
    { dekId, objectClass }: DekRecord,
    decision: 'allow' | 'deny',
    codes: readonly string[],
  ): Promise<void> =>
    store.inTransaction(caller.tenant, (trx) =>
      recordChange(trx, {
        actor: caller,
        kind: decision === 'allow' ? 'key.released' : 'key.release-refused',
        object: dekId,
        part: dekId,
        decision,
        codes: [objectClass, ...codes],
      }),
    )

  return {
    async challenge({ tenant, id: principal }, objectClass) {
      const { kind, sha256 } = findRule(objectClass)
      const nonce = randomBytes(NONCE_BYTES)
      const issuedAt = clock.now()
      const expiresAt = new Date(issuedAt.getTime() + NONCE_SECONDS * 1000)
      const challenge = { nonceSha256: hash(nonce), principal, objectClass, ruleSha256: Buffer.from(sha256, 'hex') }
      if (!(await store.add(tenant, challenge, { issuedAt, expiresAt, maxOpen: MAX_OPEN }))) {
        throw new AppError('auth.rate-limited', { message: 'too many challenges are open: answer one, or wait' })
      }
      return { objectClass, kind, nonce: nonce.toString('base64'), expiresAt: expiresAt.toISOString() }
    },

    async release(caller, { objectClass, dekId, evidence }) {
      const { tenant, id: principal } = caller
      const { kind, sha256 } = findRule(objectClass)
      const found = await findRecord(tenant, objectClass, dekId)
      // What of it did not hold: the evidence, its nonce, or, once both did, the key.
      let step = 'evidence'
      const spend = async (nonce: Uint8Array): Promise<void> => {
        const challenge = { nonceSha256: hash(nonce), principal, objectClass, ruleSha256: Buffer.from(sha256, 'hex') }
        const state = await store.spend(tenant, challenge, clock.now())
        step = state === 'fresh' ? 'key' : `nonce-${state}`
        if (state !== 'fresh') throw attestationRefused(REFUSALS[state])
      }
      let wrapped: Uint8Array
      try {
        const provider = providers.find(({ name }) => name === found.wrapped.provider)
        if (!provider || found.environment !== deps.environment) {
          throw attestationRefused('this key is not one that is released')
        }
        wrapped = await provider.release(found, evidence, spend)
      } catch (thrown) {
        const code = thrown instanceof AppError ? thrown.code : 'internal'
        await record(caller, found, 'deny', [kind, code, step])
        throw thrown
      }
      // First the record, then the key: what cannot be recorded is not handed out.
      await record(caller, found, 'allow', [kind])
      return {
        objectClass,
        dekId: found.dekId,
        algorithm: 'RSA-OAEP-256',
        wrappedKey: Buffer.from(wrapped).toString('base64'),
        commitment: Buffer.from(found.commitment).toString('base64'),
      }
    },
  }
}

function hash(nonce: Uint8Array): Buffer {
  return createHash('sha256').update(nonce).digest()
}
