import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose'
import type { CryptoKey, JWK } from 'jose'
import type { Actor, RecordChange } from '../../../platform/audit/change.ts'
import { createSnapshotCache } from '../../../platform/cache/snapshot.ts'
import type { SecretBox } from '../../../platform/secrets/secret-box.ts'
import type { StoredTokenKey, TokenKeyStore } from './store.ts'

/** What signs access tokens, and says so in their header. */
export const TOKEN_ALGORITHM = 'ES256'

/** The keys that sign access tokens: shared by the replicas, replaced by time, old and new published side by side. */
export interface TokenKeys {
  /** The newest that signs by now. Makes the first one. Throws `database.unavailable`, `keys.unavailable`. */
  signer(): Promise<{ readonly kid: string; readonly key: CryptoKey }>
  /** Undefined for a key that was never ours, or has gone. */
  verifier(kid: string): Promise<CryptoKey | undefined>
  /** As a key set (RFC 7517). */
  published(): Promise<readonly JWK[]>
  /** A new key now; tokens under the old one stay good until they expire. */
  rotate(actor: Actor): Promise<{ readonly kid: string; readonly signsFrom: Date }>
}

export interface TokenKeyDeps {
  readonly store: TokenKeyStore
  readonly box: SecretBox
  readonly clock: Clock
  readonly recordChange: RecordChange
  /** Whose rows the keys of this installation are. */
  readonly homeTenant: string
}

interface Held {
  readonly kid: string
  readonly signsFrom: Date
  readonly publicJwk: JWK
  readonly sealed: StoredTokenKey['sealed']
  readonly verifier: CryptoKey
}

const DAY_MS = 86_400_000
const SIGNS_FOR_MS = 30 * DAY_MS
// Every replica has read a key at least twice before any of them signs with it.
const PUBLISHED_AHEAD_MS = 5_000
// Longer than a token lives: a key that signs no more verifies as long as any of its tokens.
const KEPT_MS = 15 * 60_000
const PLACE = 'access-token-key'

export function createTokenKeys({ store, box, clock, recordChange, homeTenant }: TokenKeyDeps): TokenKeys {
  const ours: Actor = { tenant: homeTenant, id: 'breakwater' }
  const imported = new Map<string, Promise<CryptoKey>>()
  const keys = createSnapshotCache<readonly Held[]>({
    load: async (tenant) => Promise.all((await store.list(tenant)).map(hold)),
  })

  async function hold({ kid, publicJwk, sealed, signsFrom }: StoredTokenKey): Promise<Held> {
    const jwk: JWK = JSON.parse(publicJwk)
    return { kid, signsFrom, publicJwk: jwk, sealed, verifier: await importOnce(`public ${kid}`, () => jwk) }
  }

  /** A handful of keys a month: what is held is bounded by the process's age. */
  async function importOnce(name: string, read: () => JWK): Promise<CryptoKey> {
    const known = imported.get(name) ?? importJWK(read(), TOKEN_ALGORITHM).then(requireAsymmetric)
    imported.set(name, known)
    known.catch(() => imported.delete(name))
    return known
  }

  async function make(now: Date, signsFrom: Date): Promise<StoredTokenKey> {
    const { publicKey, privateKey } = await generateKeyPair(TOKEN_ALGORITHM, { extractable: true })
    const jwk = await exportJWK(publicKey)
    const kid = await calculateJwkThumbprint(jwk)
    const publicJwk = JSON.stringify({ ...jwk, kid, use: 'sig', alg: TOKEN_ALGORITHM })
    const sealed = box.seal(homeTenant, [PLACE, kid], JSON.stringify(await exportJWK(privateKey)))
    return { kid, publicJwk, sealed, createdAt: now, signsFrom }
  }

  async function renew(actor: Actor, isForced: boolean): Promise<StoredTokenKey | undefined> {
    const added = await store.change(
      homeTenant,
      async (known) => {
        const now = clock.now()
        const newest = known.at(-1)
        const isDue = !newest || now.getTime() - newest.signsFrom.getTime() >= SIGNS_FOR_MS
        if (!isDue && !isForced) return { remove: [] }
        const signsFrom = new Date(now.getTime() + (newest ? PUBLISHED_AHEAD_MS : 0))
        return { add: await make(now, signsFrom), remove: findDone(known, now) }
      },
      (trx, kid) => recordChange(trx, { actor, kind: 'access-token-key.created', object: kid }),
    )
    keys.drop(homeTenant)
    return added
  }

  async function readSigner(): Promise<Held | undefined> {
    const now = clock.now()
    return (await keys.get(homeTenant)).findLast(({ signsFrom }) => signsFrom <= now)
  }

  return {
    async signer() {
      let held = await readSigner()
      const ageMs = held ? clock.now().getTime() - held.signsFrom.getTime() : SIGNS_FOR_MS
      if (ageMs >= SIGNS_FOR_MS) {
        await renew(ours, false)
        held = await readSigner()
      }
      if (!held) throw new AppError('keys.unavailable', { message: 'no key signs access tokens' })
      const { kid, sealed } = held
      const key = await importOnce(kid, () => JSON.parse(box.open(homeTenant, [PLACE, kid], sealed)))
      return { kid, key }
    },
    verifier: async (kid) => (await keys.get(homeTenant)).find((held) => held.kid === kid)?.verifier,
    published: async () => (await keys.get(homeTenant)).map(({ publicJwk }) => publicJwk),
    async rotate(actor) {
      const added = await renew(actor, true)
      if (!added) throw new AppError('keys.unavailable', { message: 'no key was made' })
      return added
    },
  }
}

/** Keys whose successor has signed for so long that none of their tokens can be good. */
function findDone(known: readonly StoredTokenKey[], now: Date): string[] {
  return known
    .filter((_, at) => {
      const successor = known[at + 1]
      return successor !== undefined && now.getTime() - successor.signsFrom.getTime() > KEPT_MS
    })
    .map(({ kid }) => kid)
}

function requireAsymmetric(key: CryptoKey | Uint8Array): CryptoKey {
  if (key instanceof Uint8Array) throw new AppError('keys.corrupt', { message: 'a signing key is not a key pair' })
  return key
}
