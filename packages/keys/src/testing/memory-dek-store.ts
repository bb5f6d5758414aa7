import type { DekRecord } from '../dek.ts'
import type { DekScope, DekStore } from '../dek-store.ts'

/** A store in memory with the hands of somebody who can change the database. */
export interface MemoryDekStore extends DekStore {
  readonly records: Map<string, DekRecord | 'shredded'>
  readonly reads: { count: number }
}

export function createMemoryDekStore(): MemoryDekStore {
  const records = new Map<string, DekRecord | 'shredded'>()
  const current = new Map<string, string>()
  const messages = new Map<string, number>()
  const reads = { count: 0 }
  const idOf = ({ tenant, objectClass, subject, use }: DekScope): string =>
    JSON.stringify([tenant, objectClass, subject, use])
  const findCurrent = async (scope: DekScope): Promise<DekRecord | undefined> => {
    reads.count += 1
    const record = records.get(current.get(idOf(scope)) ?? '')
    return record === 'shredded' ? undefined : record
  }
  return {
    records,
    reads,
    findCurrent,
    async findById(_tenant, dekId) {
      reads.count += 1
      return records.get(dekId)
    },
    async insertCurrent(record, replaces) {
      const found = await findCurrent(record)
      if (found && found.dekId !== replaces) return found
      records.set(record.dekId, record)
      current.set(idOf(record), record.dekId)
      return record
    },
    async reserveMessages(_tenant, dekId, wanted, maxMessages) {
      const used = messages.get(dekId) ?? 0
      const granted = Math.min(wanted, maxMessages - used)
      messages.set(dekId, used + granted)
      return granted
    },
  }
}
