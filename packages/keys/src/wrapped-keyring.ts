import { randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { KeyLabel, Keyring, Mac } from '@breakwater/kernel'
import { createDek, openDek, rewrapDek } from './dek.ts'
import type { DekRecord, DekWrapper } from './dek.ts'
import { deriveMac } from './derive.ts'
import type { KekProvider } from './kek-provider.ts'
import type { KeyContext, KeyEnvironment } from './key-context.ts'
import { assertKeyEnvironment } from './key-environment.ts'
import { unavailable } from './secret-file.ts'

/** One version of the secret behind a label, wrapped. */
export interface KeyringSecret {
  readonly label: KeyLabel
  readonly version: number
  readonly record: DekRecord
  /** As the store knows it. */
  readonly createdAt?: Date
}

/** Where the versions are kept, for all replicas. */
export interface KeyringStore {
  list(): Promise<readonly KeyringSecret[]>
  /** Keeps it, or gives the one that was first with this label and version. */
  insert(secret: KeyringSecret): Promise<void>
  /** False when it was re-wrapped meanwhile. */
  replace(before: KeyringSecret, after: KeyringSecret): Promise<boolean>
}

export interface WrappedKeyringOptions {
  readonly environment: KeyEnvironment
  /** The first wraps; the others open what they once wrapped. */
  readonly providers: readonly [KekProvider, ...KekProvider[]]
  readonly store: KeyringStore
  /** Over the records of providers that cannot tell who wrapped; required with such a provider. */
  readonly recordMac?: Mac
}

export interface WrappedKeyring extends Keyring {
  /** Adds a version for new work, here at once, on other replicas when they refresh. */
  rotate(label: KeyLabel): Promise<number>
  /** Takes up what other replicas added. */
  refresh(): Promise<void>
  /** Puts every secret under the current version of the provider's key; gives how many were not. */
  rewrap(): Promise<number>
}

const LABELS = ['data', 'tokens', 'subjects'] as const satisfies readonly KeyLabel[]
/** In the key service's own log: the keyring belongs to the installation, not to one of its tenants. */
const TENANT = 'installation'
const ID_BYTES = 16
/** Long ago: nothing of a version before it is still on its way. */
const UNKNOWN_DATE = new Date(0)

/**
 * A keyring whose secrets lie with the data, wrapped by the key service: every replica that may use the key service's key
 * has the same. Opened once, at the start; a label without a secret gets its first. Throws `keys.*`.
 */
export async function createWrappedKeyring(options: WrappedKeyringOptions): Promise<WrappedKeyring> {
  const { environment, providers, store, recordMac } = options
  for (const provider of providers) assertKeyEnvironment(environment, provider.describe())
  const toWrapper = (provider: KekProvider): DekWrapper => {
    if (provider.describe().authenticatesWraps) return provider
    if (!recordMac) throw unavailable('this key provider cannot tell who wrapped: it needs a record MAC')
    const { name } = provider
    return { name, wrap: async (...a) => provider.wrap(...a), unwrap: async (...a) => provider.unwrap(...a), recordMac }
  }
  const wrappers = new Map(providers.map((provider) => [provider.name, toWrapper(provider)]))
  const [newest] = providers
  const current = toWrapper(newest)
  let held = new Map<string, { readonly key: KeyObject; readonly createdAt: Date }>()

  const idOf = (label: KeyLabel, version: number): string => `${label}/${version}`
  const contextOf = (label: KeyLabel): KeyContext => ({
    environment,
    tenant: TENANT,
    objectClass: `keyring-${label}`,
    use: 'data',
    dekId: randomBytes(ID_BYTES).toString('base64url'),
  })

  const wrapperOf = ({ wrapped }: DekRecord): DekWrapper => {
    const wrapper = wrappers.get(wrapped.provider)
    if (!wrapper) throw unavailable('a secret of the keyring is wrapped by a provider that is not set up')
    return wrapper
  }

  const open = async ({ label, record }: KeyringSecret): Promise<KeyObject> => {
    // A secret moved from one label to another would make keys of different ends meet.
    const isOurs = record.objectClass === `keyring-${label}` && record.tenant === TENANT
    if (!isOurs || record.environment !== environment) throw unavailable('a secret of the keyring is out of place')
    return openDek(record, wrapperOf(record))
  }

  const refresh = async (): Promise<void> => {
    const next: typeof held = new Map()
    for (const secret of await store.list()) {
      const id = idOf(secret.label, secret.version)
      next.set(id, held.get(id) ?? { key: await open(secret), createdAt: secret.createdAt ?? UNKNOWN_DATE })
    }
    held = next
  }

  const add = async (label: KeyLabel, version: number): Promise<void> => {
    const { record } = await createDek(contextOf(label), current)
    await store.insert({ label, version, record })
    await refresh()
  }

  const currentVersion = (label: KeyLabel): number => {
    const versions = [...held.keys()].filter((id) => id.startsWith(`${label}/`)).map((id) => Number(id.split('/')[1]))
    if (versions.length === 0) throw unavailable('the keyring holds no secret of this label')
    return Math.max(...versions)
  }

  await refresh()
  for (const label of LABELS) if (!held.has(idOf(label, 1))) await add(label, 1)

  return {
    currentVersion,
    currentSince: (label) => held.get(idOf(label, currentVersion(label)))?.createdAt ?? UNKNOWN_DATE,
    deriveMac(label, version, tenant, context) {
      const secret = held.get(idOf(label, version))?.key
      if (!secret) throw unavailable('that key version is not held')
      return deriveMac(secret, [label, tenant, ...context])
    },
    async rotate(label) {
      await refresh()
      const version = currentVersion(label) + 1
      await add(label, version)
      return version
    },
    refresh,
    async rewrap() {
      const version = await newest.currentVersion()
      const due = (await store.list()).filter(
        ({ record: { wrapped } }) => wrapped.provider !== newest.name || wrapped.keyVersion !== version,
      )
      for (const secret of due) {
        const record = await rewrapDek(secret.record, wrapperOf(secret.record), current)
        await store.replace(secret, { ...secret, record })
      }
      return due.length
    },
  }
}
