import { generateKeyPairSync, sign } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import {
  completeEntry,
  createCheckpointFile,
  createFileTiles,
  createNoteKey,
  encodeEntry,
  formatVerifierKey,
  openSequencer,
} from '@breakwater/ledger'
import type { SequencerStore, TreeHead } from '@breakwater/ledger'

export interface MadeLog {
  readonly logDir: string
  readonly vkey: string
  /** A checkpoint that was published earlier, over fewer entries. */
  readonly seen: Uint8Array
}

/** A log of that many entries under `dir`, made by the product's sequencer from rows that are made on demand. */
export async function makeLog(dir: string, entries: number): Promise<MadeLog> {
  const logDir = join(dir, 'log')
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  const signer = {
    name: 'judge.example.org/log',
    publicKey: Buffer.from(x, 'base64url'),
    sign: async (message: Uint8Array) => sign(null, message, privateKey),
  }
  let count = Math.ceil(entries / 2)
  const tiles = createFileTiles(logDir)
  const store = createRowStore(() => count)
  const lastCheckpoint = createCheckpointFile(join(dir, 'signed'))
  const sequencer = await openSequencer({ store, tiles, signer, lastCheckpoint })
  await sequencer.integrate()
  const seen = (await tiles.read('checkpoint')) ?? Buffer.alloc(0)
  count = entries
  await sequencer.integrate()
  return { logDir, vkey: formatVerifierKey(createNoteKey(signer.name, signer.publicKey)), seen }
}

function createRowStore(countRows: () => number): SequencerStore {
  let head: TreeHead | undefined
  return {
    countEntries: async () => countRows(),
    async readEntries(from, limit) {
      await setImmediate()
      const length = Math.min(limit, countRows() - from)
      return Array.from({ length }, (_, offset) => ({ index: from + offset, bytes: makeEntry(from + offset) }))
    },
    latestHead: async () => head,
    decideHead: async (decided) => {
      head = decided
    },
    whileFenced: async (work) => work(),
  }
}

function makeEntry(number: number): Uint8Array {
  const time = { wall: '2026-01-02T03:04:05.678Z', monotonicNs: String(number) }
  return encodeEntry(completeEntry({ tenant: 'judge', kind: 'preview.made', decision: 'allow' }, time))
}
