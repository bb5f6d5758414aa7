import type { PhiClass, Role, Span } from '../types.ts'

const IDS: ReadonlySet<PhiClass> = new Set([
  'MRN',
  'PLAN_ID',
  'ACCOUNT',
  'LICENCE',
  'VEHICLE',
  'DEVICE',
  'OTHER_ID',
  'SSN',
  'PHONE',
  'FAX',
  'EMAIL',
  'USERNAME',
])
const PART = /[\p{L}\p{M}]+(?:['\u2019-][\p{L}\p{M}]{2,})*/gu

/**
 * Gives spans that name the same person or thing one id, and a person the role that any mention has.
 * Two mentions of one name part are taken for one person: within a document that errs rarely, and never uncovers.
 */
export function linkEntities(texts: readonly string[], spans: readonly (readonly Span[])[]): Span[][] {
  const people = new Map<string, number>()
  const things = new Map<string, string>()
  const roles = new Map<number, Role>()
  let nextPerson = 1
  const linked = spans.map((part, index) =>
    part.map((span): Span => {
      const surface = (texts[index] ?? '').slice(span.start, span.end)
      if (span.class === 'NAME') {
        const parts = (surface.toLowerCase().match(PART) ?? []).filter((word) => word.length > 2)
        const known = parts.map((word) => people.get(word)).find((id) => id !== undefined)
        const id = known ?? nextPerson++
        for (const word of parts) if (!people.has(word)) people.set(word, id)
        const role = roles.get(id)
        if (span.role !== 'unknown' && (role === undefined || role === 'unknown')) roles.set(id, span.role)
        return { ...span, entityId: `person-${id}` }
      }
      if (!IDS.has(span.class)) return span
      const key = `${span.class}:${surface.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')}`
      const entityId = things.get(key) ?? `${span.class.toLowerCase()}-${things.size + 1}`
      things.set(key, entityId)
      return { ...span, entityId }
    }),
  )
  return linked.map((part) =>
    part.map((span) => {
      if (span.role !== 'unknown' || span.entityId === undefined || span.class !== 'NAME') return span
      return { ...span, role: roles.get(Number(span.entityId.slice('person-'.length))) ?? 'unknown' }
    }),
  )
}
