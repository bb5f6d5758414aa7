import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test as base } from 'vitest'
import {
  createEnvelope,
  createLocalKekProvider,
  loadArtefact,
  openWhole,
  readSealedFile,
  writeArtefact,
} from './index.ts'
import type { ArtefactId, Envelope, FilePlace } from './index.ts'
import { writeSealedFile } from './sealed-file.ts'
import { createMemoryDekStore } from './testing/memory-dek-store.ts'

interface Bench {
  readonly dir: string
  readonly envelope: Envelope
}

const test = base.extend<{ bench: Bench }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names out of the pattern
  bench: async ({}, use) => {
    const dir = await mkdtemp(join(tmpdir(), 'files-'))
    const provider = await createLocalKekProvider({ dir: join(dir, 'keys'), environment: 'test' })
    const clock = { now: () => new Date() }
    const envelope = createEnvelope({
      environment: 'test',
      providers: [provider],
      store: createMemoryDekStore(),
      clock,
    })
    await use({ dir, envelope })
    await rm(dir, { recursive: true })
  },
})

const PLACE: FilePlace = { tenant: 'north', objectClass: 'dataset', fileId: 'set-1' }
const MODEL: ArtefactId = { tenant: 'north', kind: 'model', id: 'sepsis@3' }
const CANARY = 'CANARY synthetic patient'
const LIMIT = { maxBytes: 10_000_000 }
const corrupt = { code: expect.stringMatching(/^keys\.(corrupt|context-mismatch)$/) }

const content = (): Buffer => Buffer.from(`${CANARY}\n`.repeat(5000))

async function* watchFolder(dir: string, source: Buffer, found: string[]): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < source.length; offset += 8192) {
    yield source.subarray(offset, offset + 8192)
    for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile()) continue
      if ((await readFile(join(entry.parentPath, entry.name))).includes(CANARY)) found.push(entry.name)
    }
  }
}

describe('an encrypted file (EN-01)', () => {
  test('comes back as it was, from a file of mode 0600', async ({ bench: { dir, envelope } }) => {
    const path = join(dir, 'store', 'set-1')
    await writeSealedFile(envelope, path, PLACE, [content()])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const parts: Uint8Array[] = []
    for await (const part of readSealedFile(envelope, path, PLACE)) parts.push(part)
    expect(Buffer.concat(parts).equals(content())).toBe(true)
  })

  test('is ciphertext at every moment of its writing (EN-03)', async ({ bench: { dir, envelope } }) => {
    const found: string[] = []
    await writeSealedFile(envelope, join(dir, 'store', 'set-1'), PLACE, watchFolder(dir, content(), found))
    expect(found).toEqual([])
    expect(await readdir(join(dir, 'store'))).toEqual(['set-1'])
    expect((await readFile(join(dir, 'store', 'set-1'))).includes(CANARY)).toBe(false)
  })

  test('whose source breaks off leaves nothing behind', async ({ bench: { dir, envelope } }) => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield content()
      throw new Error('source')
    }
    const path = join(dir, 'store', 'set-1')
    await expect(writeSealedFile(envelope, path, PLACE, broken())).rejects.toThrow('source')
    expect(await readdir(join(dir, 'store'))).toEqual([])
  })

  test('opens for its place only: each part of it counts', async ({ bench: { dir, envelope } }) => {
    const path = join(dir, 'set-1')
    await writeSealedFile(envelope, path, PLACE, [content()])
    const sealed = await readFile(path)
    const others: readonly FilePlace[] = [
      { ...PLACE, tenant: 'south' },
      { ...PLACE, objectClass: 'model' },
      { ...PLACE, subject: 'c3ViamVjdA' },
      { ...PLACE, fileId: 'set-2' },
    ]
    for (const other of others) {
      await expect(openWhole(envelope, other, [sealed], LIMIT)).rejects.toMatchObject(corrupt)
    }
    expect(await openWhole(envelope, PLACE, [sealed], LIMIT)).toHaveLength(content().length)
  })

  test('arrives in pieces of one byte as well as whole', async ({ bench: { envelope } }) => {
    const sealed: Uint8Array[] = []
    for await (const part of envelope.sealFile(PLACE, [Buffer.from(CANARY)])) sealed.push(part)
    const bytes = Array.from(Buffer.concat(sealed), (byte) => Buffer.of(byte))
    expect(Buffer.from(await openWhole(envelope, PLACE, bytes, LIMIT)).toString()).toBe(CANARY)
  })

  test.for([
    ['empty', Buffer.alloc(0)],
    ['plaintext', Buffer.from(CANARY)],
    ['only a header', Buffer.concat([Buffer.from('bwf1'), Buffer.alloc(16)])],
  ] as const)('%s is no encrypted file', async ([, bytes], { bench: { envelope } }) => {
    await expect(openWhole(envelope, PLACE, [bytes], LIMIT)).rejects.toMatchObject({ code: 'keys.corrupt' })
  })
})

describe('a stored model (EN-02)', () => {
  test('is unreadable on disk and loads under its own id', async ({ bench: { dir, envelope } }) => {
    const path = join(dir, 'model')
    await writeArtefact(envelope, path, MODEL, [content()])
    expect((await readFile(path)).includes(CANARY)).toBe(false)
    expect(Buffer.from(await loadArtefact(envelope, path, MODEL, LIMIT)).equals(content())).toBe(true)
  })

  test.for([
    ['model', { ...MODEL, id: 'sepsis@2' }],
    ['kind', { ...MODEL, kind: 'training-set' }],
    ['tenant', { ...MODEL, tenant: 'south' }],
  ] as const)('put in place of another %s is refused', async ([, other], { bench: { dir, envelope } }) => {
    const path = join(dir, 'model')
    await writeArtefact(envelope, path, MODEL, [content()])
    await expect(loadArtefact(envelope, path, other, LIMIT)).rejects.toMatchObject(corrupt)
  })

  test('cut at the end of a chunk hands out nothing', async ({ bench: { dir, envelope } }) => {
    const path = join(dir, 'model')
    await writeArtefact(envelope, path, MODEL, [content()])
    await writeFile(path, (await readFile(path)).subarray(0, 20 + 56 + 16_400))
    await expect(loadArtefact(envelope, path, MODEL, LIMIT)).rejects.toMatchObject({ code: 'keys.corrupt' })
  })

  test('larger than expected is refused before it fills the memory', async ({ bench: { dir, envelope } }) => {
    const path = join(dir, 'model')
    await writeArtefact(envelope, path, MODEL, [content()])
    await expect(loadArtefact(envelope, path, MODEL, { maxBytes: 1000 })).rejects.toMatchObject({
      code: 'body.too-large',
    })
  })
})
