import type { DekRecord, DekScope, DekStore } from '@breakwater/keys'

/** Wrapped keys in maps: what is measured is the cipher, the cache and the unwrapping, not a database. */
export function createMemoryDekStore(): DekStore {
  const records = new Map<string, DekRecord>()
  const current = new Map<string, DekRecord>()
  const messages = new Map<string, number>()
  const idOf = ({ tenant, objectClass, subject, use }: DekScope): string => [tenant, objectClass, subject, use].join()
  return {
    findCurrent: async (scope) => current.get(idOf(scope)),
    findById: async (_tenant, dekId) => records.get(dekId),
    async insertCurrent(record, replaces) {
      const found = current.get(idOf(record))
      if (found && found.dekId !== replaces) return found
      records.set(record.dekId, record)
      current.set(idOf(record), record)
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
