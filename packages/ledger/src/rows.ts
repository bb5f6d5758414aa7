import { AppError } from '@breakwater/kernel'
import type { SequencerStore } from './sequencer-store.ts'

const PAGE_ENTRIES = 4096

/** Rows `from` to `to` in pages. Throws `ledger.inconsistent` when one is missing: indices have no gaps. */
export async function* readRows(
  store: Pick<SequencerStore, 'readEntries'>,
  from: number,
  to: number,
): AsyncGenerator<readonly Uint8Array[]> {
  let at = from
  while (at < to) {
    const rows = await store.readEntries(at, Math.min(PAGE_ENTRIES, to - at))
    const page: Uint8Array[] = []
    for (const { index, bytes } of rows) {
      if (index !== at) throw gap()
      page.push(bytes)
      at += 1
    }
    if (page.length === 0) throw gap()
    yield page
  }
}

function gap(): AppError {
  return new AppError('ledger.inconsistent', { message: 'sequencer: an entry is missing between others' })
}
