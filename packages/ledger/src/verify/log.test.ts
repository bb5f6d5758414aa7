import { describe, expect, test } from 'vitest'
import { createMemoryReader, createTestSigner, makeEntryBytes, makeTiles } from '../testing.ts'
import { formatCheckpoint } from './checkpoint.ts'
import { verifyLog } from './log.ts'
import type { LogVerdict } from './log.ts'
import { createNoteKey, formatSignature, formatVerifierKey } from './note.ts'

type Files = Map<string, Uint8Array>

const signer = createTestSigner()
const key = createNoteKey(signer.name, signer.publicKey)
const vkey = formatVerifierKey(key)

async function signHead(size: number, root: Uint8Array, origin = signer.name): Promise<Uint8Array> {
  const text = formatCheckpoint({ origin, size, root })
  return Buffer.from(`${text}\n${formatSignature(key, await signer.sign(Buffer.from(text)))}`)
}

async function makeLog(entries: readonly Uint8Array[]): Promise<Files> {
  const { root, files } = makeTiles(entries)
  return new Map([...files, ['checkpoint', await signHead(entries.length, root)]])
}

const verify = async (files: Files, previousCheckpoint?: Uint8Array): Promise<LogVerdict> =>
  verifyLog({ reader: createMemoryReader(files), vkey, ...(previousCheckpoint && { previousCheckpoint }) })
const problemOf = (verdict: LogVerdict): string => (verdict.ok ? 'none' : verdict.problem)
const makeEntries = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, number) => makeEntryBytes(number))

const ENTRIES = makeEntries(300)
const LOG = await makeLog(ENTRIES)
const withFile = (path: string, bytes: Uint8Array): Files => new Map([...LOG, [path, bytes]])

describe('verifyLog', () => {
  test('accepts a log that is whole, and reads every entry', async () => {
    const seen: number[] = []
    const verdict = await verifyLog({ reader: createMemoryReader(LOG), vkey, onEntry: (index) => seen.push(index) })
    expect(verdict).toMatchObject({ ok: true, checkpoint: { origin: signer.name, size: 300 } })
    expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => index))
  })

  test('accepts an empty log', async () => {
    expect(problemOf(await verify(await makeLog([])))).toBe('none')
  })

  test('accepts a full tile where the partial one was dropped meanwhile', async () => {
    const { files } = makeTiles(makeEntries(512))
    const kept = ['checkpoint', 'tile/1/000.p/1'].map((path) => [path, LOG.get(path) ?? Buffer.alloc(0)] as const)
    const log = new Map([...files, ...kept])
    expect(log.has('tile/0/001.p/44')).toBe(false)
    expect(problemOf(await verify(log))).toBe('none')
  })

  test('catches every single bit flipped, in every file', { timeout: 60_000 }, async () => {
    const small = await makeLog(makeEntries(2))
    // What an earlier checkpoint of one entry left behind.
    for (const [path, bytes] of makeTiles(makeEntries(1)).files) small.set(path, bytes)
    expect([...small.keys()].sort()).toEqual([
      'checkpoint',
      'tile/0/000.p/1',
      'tile/0/000.p/2',
      'tile/entries/000.p/1',
      'tile/entries/000.p/2',
    ])
    const missed: string[] = []
    for (const [path, bytes] of small) {
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const flipped = Uint8Array.from(bytes)
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        if ((await verify(new Map([...small, [path, flipped]]))).ok) missed.push(`${path} bit ${bit}`)
      }
    }
    expect(missed).toEqual([])
  })

  test('catches an edited entry, with its tiles made to match (AU-04)', async () => {
    const edited = ENTRIES.with(7, makeEntryBytes(7, { decision: 'allow' }))
    const log = new Map([...makeTiles(edited).files, ['checkpoint', LOG.get('checkpoint') ?? Buffer.alloc(0)]])
    expect(problemOf(await verify(log))).toBe('root-differs')
  })

  test('catches a deleted entry, a reordered one and a dropped tail (AU-04)', async () => {
    const checkpoint = LOG.get('checkpoint') ?? Buffer.alloc(0)
    const [first = Buffer.alloc(0), second = Buffer.alloc(0), ...rest] = ENTRIES
    for (const entries of [rest, [second, first, ...rest], ENTRIES.slice(0, -1)]) {
      const log = new Map([...makeTiles(entries).files, ['checkpoint', checkpoint]])
      expect(problemOf(await verify(log))).toMatch(/tile-refused|root-differs/)
    }
  })

  test('catches a dropped tail that was signed again, by the checkpoint seen before (AU-04)', async () => {
    const shorter = await makeLog(ENTRIES.slice(0, 299))
    expect(problemOf(await verify(shorter))).toBe('none')
    expect(problemOf(await verify(shorter, LOG.get('checkpoint')))).toBe('log-shrank')
  })

  test('catches a rewritten log that was signed again, by the checkpoint seen before', async () => {
    const seen = await signHead(200, makeTiles(ENTRIES.slice(0, 200)).root)
    expect(await verify(LOG, seen)).toMatchObject({ ok: true, previousSize: 200 })
    const rewritten = await makeLog(ENTRIES.with(7, makeEntryBytes(7, { decision: 'allow' })))
    expect(problemOf(await verify(rewritten))).toBe('none')
    expect(problemOf(await verify(rewritten, seen))).toBe('log-forked')
  })

  test('catches two roots for one size', async () => {
    const other = await signHead(300, makeTiles(ENTRIES.toReversed()).root)
    expect(problemOf(await verify(LOG, other))).toBe('log-forked')
  })

  test('catches an edited checkpoint', async () => {
    const text = Buffer.from(LOG.get('checkpoint') ?? '').toString()
    const edited = Buffer.from(text.replace('\n300\n', '\n299\n'))
    expect(problemOf(await verify(withFile('checkpoint', edited)))).toBe('checkpoint-refused')
  })

  test('refuses the checkpoint of another log', async () => {
    const other = await signHead(300, makeTiles(ENTRIES).root, 'example.org/another')
    expect(problemOf(await verify(withFile('checkpoint', other)))).toBe('checkpoint-refused')
  })

  test('refuses entries that are not of the schema', async () => {
    const log = await makeLog([...ENTRIES, Buffer.from('{"note":"free text"}')])
    expect(await verify(log)).toMatchObject({ ok: false, problem: 'entry-refused' })
  })

  test('refuses a missing tile, a missing checkpoint, another key, and more entries than allowed', async () => {
    const without = (path: string): Files => new Map([...LOG].filter(([name]) => name !== path))
    expect(problemOf(await verify(without('tile/0/000')))).toBe('tile-refused')
    expect(problemOf(await verify(without('tile/entries/001.p/44')))).toBe('tile-refused')
    expect(problemOf(await verify(without('checkpoint')))).toBe('checkpoint-missing')
    const reader = createMemoryReader(LOG)
    expect(problemOf(await verifyLog({ reader, vkey: 'nonsense' }))).toBe('key-refused')
    expect(problemOf(await verifyLog({ reader, vkey, maxEntries: 299 }))).toBe('log-too-long')
    const stranger = createTestSigner()
    const strange = formatVerifierKey(createNoteKey(stranger.name, stranger.publicKey))
    expect(problemOf(await verifyLog({ reader, vkey: strange }))).toBe('checkpoint-refused')
    expect(problemOf(await verify(LOG, Buffer.from('nonsense')))).toBe('previous-refused')
  })
})
