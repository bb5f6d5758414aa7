import { createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import type { Clock, KeyLabel, Keyring } from '@breakwater/kernel'
import { deriveMac } from './derive.ts'
import { readSecretFile, unavailable, writeSecretFile } from './secret-file.ts'

export interface LocalKeyringOptions {
  /** Made with mode 0700 when missing. */
  readonly dir: string
  readonly clock?: Clock
}

/** Keys in a file: for development. Whoever reads the file has them all. */
export interface LocalKeyring extends Keyring {
  /** Adds a version for new work and gives its number; older versions still derive. Throws `keys.unavailable`. */
  rotate(label: KeyLabel): Promise<number>
}

interface StoredKey {
  readonly version: number
  readonly createdAt: string
  /** 32 bytes in base64. */
  readonly secret: string
}

type Stored = Record<KeyLabel, readonly StoredKey[]>
interface HeldKey {
  readonly secret: KeyObject
  readonly createdAt: Date
}

type Held = ReadonlyMap<KeyLabel, ReadonlyMap<number, HeldKey>>

const LABELS = ['data', 'tokens', 'subjects'] as const satisfies readonly KeyLabel[]
const SECRET_BYTES = 32
const SYSTEM_CLOCK: Clock = { now: () => new Date() }

/** Opens `keyring.json` in the folder, or makes it with 32 random bytes a label. Throws `keys.unavailable`. */
export async function createLocalKeyring({ dir, clock = SYSTEM_CLOCK }: LocalKeyringOptions): Promise<LocalKeyring> {
  const path = join(dir, 'keyring.json')
  if ((await readSecretFile(path)) === undefined) {
    const first = (): readonly StoredKey[] => [createKey(1, clock)]
    const stored: Stored = { data: first(), tokens: first(), subjects: first() }
    await writeSecretFile(path, format(stored), { ifAbsent: true })
  }
  const load = async (): Promise<Stored> => parse(await readSecretFile(path))
  let held = importKeys(await load())

  const versionsOf = (label: KeyLabel): ReadonlyMap<number, HeldKey> => held.get(label) ?? new Map()
  const currentVersion = (label: KeyLabel): number => Math.max(...versionsOf(label).keys())

  return {
    currentVersion,
    currentSince: (label) => versionsOf(label).get(currentVersion(label))?.createdAt ?? new Date(0),
    deriveMac(label, version, tenant, context) {
      const { secret } = versionsOf(label).get(version) ?? {}
      if (!secret) throw unavailable('that key version is not held')
      return deriveMac(secret, [label, tenant, ...context])
    },
    async rotate(label) {
      const stored = await load()
      const version = Math.max(...stored[label].map((key) => key.version)) + 1
      const rotated = { ...stored, [label]: [...stored[label], createKey(version, clock)] }
      await writeSecretFile(path, format(rotated))
      held = importKeys(rotated)
      return version
    },
  }
}

function createKey(version: number, clock: Clock): StoredKey {
  return { version, createdAt: clock.now().toISOString(), secret: randomBytes(SECRET_BYTES).toString('base64') }
}

function format(stored: Stored): string {
  return `${JSON.stringify(stored, undefined, 2)}\n`
}

function parse(text: string | undefined): Stored {
  let value: unknown
  try {
    value = JSON.parse(text ?? '')
  } catch {
    // Without its cause, which quotes the file.
    throw damaged()
  }
  if (!isStored(value)) throw damaged()
  return value
}

function isStored(value: unknown): value is Stored {
  return isRecord(value) && LABELS.every((label) => isKeyList(value[label]))
}

function isKeyList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isStoredKey)
}

function isStoredKey(value: unknown): boolean {
  return (
    isRecord(value) &&
    Number.isSafeInteger(value['version']) &&
    typeof value['secret'] === 'string' &&
    Buffer.from(value['secret'], 'base64').length === SECRET_BYTES
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function importKeys(stored: Stored): Held {
  const toKey = ({ version, createdAt, secret }: StoredKey): readonly [number, HeldKey] => [
    version,
    { secret: createSecretKey(secret, 'base64'), createdAt: new Date(createdAt) },
  ]
  return new Map(LABELS.map((label) => [label, new Map(stored[label].map(toKey))]))
}

function damaged(): Error {
  return unavailable('the key file is damaged')
}
