import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFileReader, createTreeBuilder, encodeEntry, verifyLog } from '@breakwater/ledger/verify'
import type { LedgerEntry } from '@breakwater/ledger/verify'
import type { Evidence } from './audit.ts'

/** The published log of a home, every hash and signature checked, with the root at each of its sizes. */
export async function readVerifiedLog(home: string): Promise<Pick<Evidence, 'entries' | 'rootAt'>> {
  const entries: LedgerEntry[] = []
  const roots: string[] = []
  const tree = createTreeBuilder()
  const verdict = await verifyLog({
    reader: createFileReader(join(home, 'log')),
    vkey: (await readFile(join(home, 'log.vkey'), 'utf8')).trim(),
    onEntry(_index, entry) {
      entries.push(entry)
      tree.append(encodeEntry(entry))
      roots.push(Buffer.from(tree.root()).toString('hex'))
    },
  })
  if (!verdict.ok) throw new Error(`the log was refused: ${verdict.problem}`)
  const empty = Buffer.from(createTreeBuilder().root()).toString('hex')
  return { entries, rootAt: (size) => (size === 0 ? empty : roots[size - 1]) }
}
