import { createPublicKey, hash, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { AppError } from '@breakwater/kernel'

/** Ed25519 in signed notes (c2sp.org/signed-note). */
const ED25519 = 0x01
const MAX_NOTE_BYTES = 1_000_000
const MAX_SIGNATURES = 100
const KEY_ID_BYTES = 4
const PUBLIC_KEY_BYTES = 32

/** A key that notes are checked with. */
export interface NoteKey {
  readonly name: string
  readonly id: Uint8Array
  readonly publicKey: Uint8Array
  isSignature(message: Uint8Array, signature: Uint8Array): boolean
}

export interface Note {
  /** With its last newline. */
  readonly text: string
  /** Names of the known keys that signed it; at least one. */
  readonly signedBy: readonly string[]
}

const invalid = (rule: string): AppError => new AppError('ledger.inconsistent', { message: `signed note: ${rule}` })

const isName = (name: string): boolean => name !== '' && name.isWellFormed() && !/[\s+]/u.test(name)

/** SHA-256(name || \n || type || public key), its first 4 bytes. */
function keyId(name: string, publicKey: Uint8Array): Uint8Array {
  const bytes = Buffer.concat([Buffer.from(`${name}\n`), Uint8Array.of(ED25519), publicKey])
  return hash('sha256', bytes, 'buffer').subarray(0, KEY_ID_BYTES)
}

/** An Ed25519 key under a name without blanks and pluses. Throws `config.invalid`. */
export function createNoteKey(name: string, publicKey: Uint8Array): NoteKey {
  if (!isName(name) || publicKey.length !== PUBLIC_KEY_BYTES) throw keyRefusal()
  const key = importPublicKey(publicKey)
  return {
    name,
    id: keyId(name, publicKey),
    publicKey,
    isSignature: (message, signature) => signature.length === 64 && verify(null, message, key, signature),
  }
}

/** The one-line form of a key: `name+hex(id)+base64(type || key)`. */
export function formatVerifierKey({ name, id, publicKey }: Pick<NoteKey, 'name' | 'id' | 'publicKey'>): string {
  const key = Buffer.concat([Uint8Array.of(ED25519), publicKey]).toString('base64')
  return `${name}+${Buffer.from(id).toString('hex')}+${key}`
}

/** Reads the one-line form of an Ed25519 key. Throws `config.invalid` on any other text or type, or another id. */
export function parseVerifierKey(line: string): NoteKey {
  // The base64 part may hold a plus: only the first two separate.
  const [, name = '', id = '', encoded = ''] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/.exec(line.trim()) ?? []
  const bytes = decodeBase64(encoded)
  if (bytes?.[0] !== ED25519) throw keyRefusal()
  const key = createNoteKey(name, bytes.subarray(1))
  if (Buffer.from(key.id).toString('hex') !== id) throw keyRefusal()
  return key
}

/** One signature line: an em dash, the name, base64 of key id and signature. */
export function formatSignature(key: Pick<NoteKey, 'name' | 'id'>, signature: Uint8Array): string {
  return `\u2014 ${key.name} ${Buffer.concat([key.id, signature]).toString('base64')}\n`
}

/**
 * Opens a note (c2sp.org/signed-note): signatures of unknown keys are ignored, a wrong one of a known key refuses the
 * whole, and so does a note that no known key signed. Throws `ledger.inconsistent`.
 */
export function openNote(message: Uint8Array, keys: readonly NoteKey[]): Note {
  if (message.length > MAX_NOTE_BYTES) throw invalid('too long')
  const note = decodeText(message)
  const split = note.lastIndexOf('\n\n')
  if (split < 0 || !note.endsWith('\n')) throw invalid('not a note')
  const text = note.slice(0, split + 1)
  const lines = note.slice(split + 2, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) throw invalid('too many signatures')
  const signedBy = new Set<string>()
  for (const line of lines) {
    const [, name = '', encoded = ''] = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(line) ?? []
    const bytes = decodeBase64(encoded)
    if (!isName(name) || bytes === undefined || bytes.length <= KEY_ID_BYTES) throw invalid('malformed signature')
    const id = bytes.subarray(0, KEY_ID_BYTES)
    const key = keys.find((known) => known.name === name && Buffer.compare(known.id, id) === 0)
    if (key === undefined) continue
    if (!key.isSignature(Buffer.from(text), bytes.subarray(KEY_ID_BYTES))) throw invalid('wrong signature')
    signedBy.add(key.name)
  }
  if (signedBy.size === 0) throw invalid('not signed by a known key')
  return { text, signedBy: [...signedBy] }
}

function importPublicKey(publicKey: Uint8Array): KeyObject {
  const x = Buffer.from(publicKey).toString('base64url')
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  } catch {
    throw keyRefusal()
  }
}

function keyRefusal(): AppError {
  return new AppError('config.invalid', { message: 'not a verifier key for Ed25519: name+id+key expected' })
}

function decodeText(bytes: Uint8Array): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw invalid('not UTF-8')
  }
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) < 0x20 && text[at] !== '\n') throw invalid('a control character')
  }
  return text
}

/** Standard base64 with padding, in its one form; undefined otherwise. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
