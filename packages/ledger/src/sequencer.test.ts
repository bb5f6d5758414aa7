import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogSigner } from '@breakwater/kernel'
import { test as base, describe, expect } from 'vitest'
import { createCheckpointFile, createFileTiles, openSequencer } from './index.ts'
import type { CheckpointMemory, SequencerOptions, TileStore, TreeHead } from './index.ts'
import { createMemoryStore, createTestSigner, makeEntryBytes } from './testing.ts'
import { createFileReader, createNoteKey, formatVerifierKey, openCheckpoint, verifyLog } from './verify.ts'

interface Log {
  readonly dir: string
  readonly rows: Uint8Array[]
  readonly heads: TreeHead[]
  readonly tiles: TileStore
  readonly lastCheckpoint: CheckpointMemory
  readonly options: SequencerOptions
  grow(count: number): void
  readSize(): Promise<number>
  expectWhole(size: number): Promise<void>
}

const signer = createTestSigner()
const key = createNoteKey(signer.name, signer.publicKey)
const inconsistent = { code: 'ledger.inconsistent' }

const test = base.extend<{ log: Log }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names out of the pattern
  log: async ({}, use) => {
    const home = await mkdtemp(join(tmpdir(), 'sequencer-'))
    const dir = join(home, 'log')
    const rows: Uint8Array[] = []
    const heads: TreeHead[] = []
    const tiles = createFileTiles(dir)
    const lastCheckpoint = createCheckpointFile(join(home, 'signed'))
    await use({
      dir,
      rows,
      heads,
      tiles,
      lastCheckpoint,
      options: { store: createMemoryStore(rows, heads), tiles, signer, lastCheckpoint },
      grow: (count) => {
        for (let i = 0; i < count; i += 1) rows.push(makeEntryBytes(rows.length))
      },
      readSize: async () => openCheckpoint((await tiles.read('checkpoint')) ?? Buffer.alloc(0), key).size,
      expectWhole: async (size) => {
        const verdict = await verifyLog({ reader: createFileReader(dir), vkey: formatVerifierKey(key) })
        expect(verdict).toMatchObject({ ok: true, checkpoint: { size } })
      },
    })
    await rm(home, { recursive: true })
  },
})

async function readTree(dir: string): Promise<Map<string, string>> {
  const files = await readdir(join(dir, 'tile'), { recursive: true, withFileTypes: true })
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
  return new Map(await Promise.all(paths.sort().map(async (path) => [path, await readFile(path, 'hex')] as const)))
}

describe('the sequencer', () => {
  test('publishes a log that verifies, step by step', async ({ log }) => {
    const sequencer = await openSequencer(log.options)
    expect(await sequencer.integrate()).toBeUndefined()
    for (const count of [1, 2, 252, 1, 1, 300, 5000]) {
      log.grow(count)
      expect(await sequencer.integrate()).toMatchObject({ origin: 'example.org/log', size: log.rows.length })
      await log.expectWhole(log.rows.length)
    }
    expect(log.heads.map(({ size }) => size)).toEqual([1, 3, 255, 256, 257, 557, 5557])
  })

  test('keeps the partial tiles of each checkpoint until the full tile exists', async ({ log }) => {
    const sequencer = await openSequencer(log.options)
    for (const count of [3, 4]) {
      log.grow(count)
      await sequencer.integrate()
    }
    expect((await readdir(join(log.dir, 'tile/0/000.p'))).sort()).toEqual(['3', '7'])
    log.grow(250)
    await sequencer.integrate()
    expect((await readdir(join(log.dir, 'tile/0'))).sort()).toEqual(['000', '001.p'])
    expect((await readdir(join(log.dir, 'tile/entries'))).sort()).toEqual(['000', '001.p'])
  })

  test('files and folders are closed to other accounts', async ({ log }) => {
    log.grow(257)
    await (await openSequencer(log.options)).integrate()
    for (const file of await readdir(log.dir, { recursive: true })) {
      const found = await stat(join(log.dir, file))
      expect([file, found.mode & 0o777]).toEqual([file, found.isDirectory() ? 0o700 : 0o600])
    }
  })

  test('rebuilds lost tiles byte for byte from the rows', async ({ log }) => {
    log.grow(700)
    await (await openSequencer(log.options)).integrate()
    const before = await readTree(log.dir)
    await rm(join(log.dir, 'tile'), { recursive: true })
    await openSequencer(log.options)
    expect(await readTree(log.dir)).toEqual(before)
  })

  test('mends a damaged tile on the right edge from the rows', async ({ log }) => {
    log.grow(3)
    await (await openSequencer(log.options)).integrate()
    await writeFile(join(log.dir, 'tile/0/000.p/3'), Buffer.alloc(96))
    await openSequencer(log.options)
    await log.expectWhole(3)
  })
})

describe('the sequencer refuses to sign', () => {
  test('when the database is older than what was signed', async ({ log }) => {
    log.grow(10)
    await (await openSequencer(log.options)).integrate()
    const restored = createMemoryStore(log.rows.slice(0, 8), [])
    await expect(openSequencer({ ...log.options, store: restored })).rejects.toMatchObject(inconsistent)
  })

  test('when a restored database was written to again beyond the size that was signed', async ({ log }) => {
    log.grow(10)
    await (await openSequencer(log.options)).integrate()
    const rows = [...log.rows.slice(0, 8), ...Array.from({ length: 6 }, (_, i) => makeEntryBytes(100 + i))]
    const restored = createMemoryStore(rows, log.heads)
    await expect(openSequencer({ ...log.options, store: restored })).rejects.toMatchObject(inconsistent)
  })

  test('when rows vanish while it works', async ({ log }) => {
    log.grow(10)
    const sequencer = await openSequencer(log.options)
    await sequencer.integrate()
    log.rows.pop()
    await expect(sequencer.integrate()).rejects.toMatchObject(inconsistent)
  })

  test('when an early row was edited and the tiles are lost', async ({ log }) => {
    log.grow(600)
    await (await openSequencer(log.options)).integrate()
    log.rows[3] = makeEntryBytes(9999)
    await rm(join(log.dir, 'tile'), { recursive: true })
    await expect(openSequencer(log.options)).rejects.toMatchObject(inconsistent)
    await expect(stat(join(log.dir, 'tile'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('when the home was lost and the rows do not make the root on record', async ({ log }) => {
    log.grow(20)
    await (await openSequencer(log.options)).integrate()
    await rm(log.dir, { recursive: true })
    const forgotten = { ...log.options, lastCheckpoint: createCheckpointFile(join(log.dir, 'elsewhere')) }
    log.rows[3] = makeEntryBytes(9999)
    const sequencer = await openSequencer(forgotten)
    await expect(sequencer.integrate()).rejects.toMatchObject(inconsistent)
  })

  test('when another checkpoint was signed meanwhile', async ({ log }) => {
    log.grow(5)
    const stale = await openSequencer(log.options)
    await (await openSequencer(log.options)).integrate()
    await expect(stale.integrate()).rejects.toMatchObject(inconsistent)
  })

  test('when rows have a gap', async ({ log }) => {
    log.grow(5)
    const store = {
      ...log.options.store,
      readEntries: async () => [0, 2].map((index) => ({ index, bytes: makeEntryBytes(index) })),
    }
    const sequencer = await openSequencer({ ...log.options, store })
    await expect(sequencer.integrate()).rejects.toMatchObject(inconsistent)
  })

  test('when the tiles on disk are not the tree that was signed', async ({ log }) => {
    let isDamaged = false
    const tiles: TileStore = {
      ...log.tiles,
      read: async (path) => (isDamaged && path.startsWith('tile/1/') ? Buffer.alloc(32) : log.tiles.read(path)),
    }
    log.grow(300)
    const sequencer = await openSequencer({ ...log.options, tiles })
    await sequencer.integrate()
    isDamaged = true
    log.grow(1)
    await expect(sequencer.integrate()).rejects.toMatchObject(inconsistent)
    expect(await log.readSize()).toBe(300)
  })

  test('with a key that signs for another', async ({ log }) => {
    log.grow(1)
    const other = createTestSigner()
    const impostor: LogSigner = { ...signer, sign: async (message) => other.sign(message) }
    const sequencer = await openSequencer({ ...log.options, signer: impostor })
    await expect(sequencer.integrate()).rejects.toMatchObject(inconsistent)
    expect(await log.tiles.read('checkpoint')).toBeUndefined()
  })
})

describe('after a crash at any step', () => {
  const STEPS = ['write', 'decide', 'sign', 'remember', 'publish', 'dropPartials'] as const
  const crash = async (): Promise<never> => Promise.reject(new Error('crash'))

  function crashAt(step: (typeof STEPS)[number], { tiles, lastCheckpoint, options }: Log): SequencerOptions {
    const broken: Record<(typeof STEPS)[number], Partial<SequencerOptions>> = {
      write: { tiles: { ...tiles, write: crash } },
      decide: { store: { ...options.store, decideHead: crash } },
      sign: { signer: { ...signer, sign: crash } },
      remember: { lastCheckpoint: { ...lastCheckpoint, write: crash } },
      publish: { tiles: { ...tiles, publish: crash } },
      dropPartials: { tiles: { ...tiles, dropPartials: crash } },
    }
    return { ...options, ...broken[step] }
  }

  test.for(STEPS)(
    'at %s, the next sequencer goes on: no shrinking, one root a size, all entries',
    async (step, { log }) => {
      log.grow(250)
      await (await openSequencer(log.options)).integrate()
      log.grow(20)
      const crashing = await openSequencer(crashAt(step, log))
      await expect(crashing.integrate()).rejects.toThrow('crash')
      expect(await log.readSize()).toBeGreaterThanOrEqual(250)
      const next = await openSequencer(log.options)
      await next.integrate()
      await log.expectWhole(270)
      log.grow(1)
      await next.integrate()
      await log.expectWhole(271)
      expect(new Set(log.heads.map(({ size }) => size)).size).toBe(log.heads.length)
    },
  )
})
