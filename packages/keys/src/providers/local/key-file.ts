import { createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { KeyEnvironment } from '../../key-context.ts'
import { readSecretFile, unavailable, writeSecretFile } from '../../secret-file.ts'

type KeyState = 'enabled' | 'disabled' | 'destroyed'

interface StoredVersion {
  readonly version: number
  readonly state: KeyState
  /** 32 bytes in base64; empty once destroyed. */
  readonly secret: string
}

export interface KeyFile {
  readonly keyId: string
  readonly environment: KeyEnvironment
  /** Never empty; the last is the current one. */
  readonly versions: readonly StoredVersion[]
}

const SECRET_BYTES = 32
const ENVIRONMENTS: readonly unknown[] = ['development', 'test', 'staging', 'production'] satisfies KeyEnvironment[]

/** Makes the file with one version, unless it is there. */
export async function ensureKeyFile(path: string, environment: KeyEnvironment): Promise<void> {
  if ((await readSecretFile(path)) !== undefined) return
  const first: KeyFile = { keyId: crypto.randomUUID(), environment, versions: [createVersion(1)] }
  await writeSecretFile(path, format(first), { ifAbsent: true })
}

/** Throws `keys.unavailable` when missing, damaged or open to other accounts. */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const text = await readSecretFile(path)
  let value: unknown
  try {
    value = JSON.parse(text ?? '')
  } catch {
    // Without its cause, which quotes the file.
    throw unavailable('the key file is missing or damaged')
  }
  if (!isKeyFile(value)) throw unavailable('the key file is damaged')
  return value
}

export async function addVersion(path: string): Promise<number> {
  const file = await readKeyFile(path)
  const version = Math.max(...file.versions.map((each) => each.version)) + 1
  await writeSecretFile(path, format({ ...file, versions: [...file.versions, createVersion(version)] }))
  return version
}

/** A destroyed version loses its secret and keeps its number. */
export async function setState(path: string, version: string, state: KeyState): Promise<void> {
  const file = await readKeyFile(path)
  const versions = file.versions.map((each): StoredVersion => {
    if (String(each.version) !== version || each.state === 'destroyed') return each
    return { ...each, state, secret: state === 'destroyed' ? '' : each.secret }
  })
  await writeSecretFile(path, format({ ...file, versions }))
}

export function importVersion({ secret }: StoredVersion): KeyObject {
  return createSecretKey(secret, 'base64')
}

function createVersion(version: number): StoredVersion {
  return { version, state: 'enabled', secret: randomBytes(SECRET_BYTES).toString('base64') }
}

function format(file: KeyFile): string {
  return `${JSON.stringify(file, undefined, 2)}\n`
}

function isKeyFile(value: unknown): value is KeyFile {
  return (
    isRecord(value) &&
    typeof value['keyId'] === 'string' &&
    ENVIRONMENTS.includes(value['environment']) &&
    Array.isArray(value['versions']) &&
    value['versions'].length > 0 &&
    value['versions'].every(isVersion)
  )
}

function isVersion(value: unknown): boolean {
  if (!isRecord(value) || !Number.isSafeInteger(value['version']) || typeof value['secret'] !== 'string') return false
  const length = value['state'] === 'destroyed' ? 0 : SECRET_BYTES
  return Buffer.from(value['secret'], 'base64').length === length
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
