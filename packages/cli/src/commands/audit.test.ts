import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  createNoteKey,
  createTreeBuilder,
  encodeEntry,
  formatCheckpoint,
  formatSignature,
  formatVerifierKey,
  tilePath,
  UNKNOWN,
} from '@breakwater/ledger/verify'
import type { LedgerEntry } from '@breakwater/ledger/verify'
import { expect, test } from 'vitest'
import { inFolder, runHere } from '../testing/cli.ts'

const SIZE = 3

function makeEntry(number: number): LedgerEntry {
  return {
    v: 1,
    tenant: 'default',
    time: { wall: `2026-03-04T05:06:0${number}.000Z`, monotonicNs: String(number) },
    kind: number === 0 ? 'log.started' : 'crossing.intent',
    principal: 'app',
    actor: { id: UNKNOWN, assurance: 'unknown' },
    patients: [],
    purpose: UNKNOWN,
    basis: UNKNOWN,
    agreement: UNKNOWN,
    policySet: UNKNOWN,
    keyVersion: UNKNOWN,
    provider: UNKNOWN,
    endpoint: UNKNOWN,
    model: UNKNOWN,
    features: [],
    counts: {},
    decision: 'unknown',
    codes: [],
  }
}

/** A log of three entries with its key, as a server leaves them in its home. */
async function writeLog(home: string): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const key = createNoteKey('example.org/log', raw)
  const tree = createTreeBuilder()
  const bundle: Uint8Array[] = []
  const put = async (path: string, bytes: Uint8Array | string): Promise<void> => {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await writeFile(join(home, path), bytes)
  }
  for (let number = 0; number < SIZE; number++) {
    const bytes = encodeEntry(makeEntry(number))
    const length = Buffer.alloc(2)
    length.writeUInt16BE(bytes.length)
    bundle.push(length, bytes)
    tree.append(bytes)
  }
  for (const { name, bytes } of tree.partials()) if (name.level !== 'entries') await put(`log/${tilePath(name)}`, bytes)
  await put(`log/${tilePath({ level: 'entries', index: 0, width: SIZE })}`, Buffer.concat(bundle))
  const text = formatCheckpoint({ origin: key.name, size: SIZE, root: tree.root() })
  await put('log/checkpoint', `${text}\n${formatSignature(key, sign(null, Buffer.from(text), privateKey))}`)
  await put('log.vkey', formatVerifierKey(key))
}

test('audit verify tells size, root, last entry and kinds of a whole log', async () => {
  await inFolder(async (home) => {
    await writeLog(home)
    const { code, stdout, stderr } = await runHere(['audit', 'verify'], { environment: { BREAKWATER_HOME: home } })
    const root = (await readFile(join(home, 'log/checkpoint'), 'utf8')).split('\n')[2]
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('✓ verified   3 entries')
    expect(stdout).toContain(`root        ${root}`)
    expect(stdout).toContain('last entry  2026-03-04T05:06:02.000Z')
    expect(stdout).toMatch(/crossing\.intent {3}2\n/)
  })
})

test('audit verify --json is for machines, and a checkpoint kept from before is held against the log', async () => {
  await inFolder(async (home) => {
    await writeLog(home)
    const checkpoint = join(home, 'log/checkpoint')
    const args = ['audit', 'verify', '--log', join(home, 'log'), '--key', join(home, 'log.vkey'), '--json']
    const { code, stdout } = await runHere([...args, '--previous', checkpoint])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      verified: true,
      origin: 'example.org/log',
      size: 3,
      entries: { 'crossing.intent': 2, 'log.started': 1 },
    })
  })
})

test.for([
  ['a flipped byte in an entry', 'log/tile/entries/000.p/3', 'tile-refused'],
  ['a flipped byte in a hash', 'log/tile/0/000.p/3', 'tile-refused'],
  ['an edited checkpoint', 'log/checkpoint', 'checkpoint-refused'],
  ['another key', 'log.vkey', 'key-refused'],
] as const)('audit verify refuses %s: exit code 1 with the reason', async ([, file, problem]) => {
  await inFolder(async (home) => {
    await writeLog(home)
    const bytes = await readFile(join(home, file))
    // A digit of a time stays a digit, so that an entry stays one.
    const at = file.includes('entries') ? bytes.indexOf('05:06:02') + 1 : Math.floor(bytes.length / 3)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await writeFile(join(home, file), bytes)
    const { code, stdout } = await runHere(['audit', 'verify'], { environment: { BREAKWATER_HOME: home } })
    expect(code).toBe(1)
    expect(stdout).toContain(`✗ not verified   ${problem}: `)
  })
})
