import { createHash, hash } from 'node:crypto'
import type { Clock, Keyring } from '@breakwater/kernel'
import type { AlertService } from '../alerts/index.ts'
import type { RecordChange, Transaction } from '../../platform/audit/change.ts'
import { PROGRAM } from '../../platform/audit/change.ts'
import { takeBands } from './fingerprint.ts'
import type { SweepCount, SweepStore, SweepTotal } from './store.ts'
import { SHARED_FROM, THRESHOLDS } from './thresholds.ts'

/** One crossing, as far as sweeps are looked for. */
interface Asked {
  readonly tenant: string
  readonly principal: string
  /** Masked. It is not kept. */
  readonly text: string
  /** How many answers it asks for. */
  readonly choices: number
}

export interface Sweeps {
  /** Counts in memory; nobody waits for anything. */
  observe(asked: Asked): void
  /** Adds up with the other replicas, and tells of what is unusual, once an hour. Throws as the database does; the counts stay. */
  flush(): Promise<void>
}

export interface SweepsDeps {
  readonly store: SweepStore
  readonly alerts: Pick<AlertService, 'raiseIn'>
  readonly recordChange: RecordChange
  readonly keyring: Keyring
  readonly clock: Clock
}

/** What the others are to be told. */
interface Due {
  readonly tenant: string
  readonly principal: string
  readonly sinceMs: number
  readonly kind: SweepCount['kind']
  readonly name: string
  readonly part: Part
}

interface Part {
  count: number
  /** Of it, what the others know. */
  shared: number
}

/** Of a principal in one hour. */
interface Own {
  readonly tenant: string
  readonly principal: string
  readonly sinceMs: number
  readonly volume: Part
  /**
   * By what a text has in common with others, longest not seen first: the text's own digest, or a band with its number and
   * a colon. In clear, because it does not leave this process.
   */
  readonly parts: Map<string, Part>
}

const HOUR_MS = 3_600_000
/**
 * Callers must not decide how much is kept: some 4 MB. Beyond it, what was seen least and not for the longest time gives
 * way, so that a sweep is seen in a busy hour too.
 */
const MAX_PARTS = 32_768
/** What waits to be told is passed over so often. */
const MAX_PASSES = 8
const MAX_KNOWN_TEXTS = 1_000

export function createSweeps({ store, alerts, recordChange, keyring, clock }: SweepsDeps): Sweeps {
  // By tenant, principal and hour.
  const owns = new Map<string, Own>()
  // By the text's digest, in clear for the same reason as the parts.
  const bandsOf = new Map<string, readonly string[]>()
  let kept = 0
  let hourMs = 0

  /** Of a text that came lately they are known. */
  function findBands(exact: string, text: string): readonly string[] {
    const known = bandsOf.get(exact)
    if (known) return known
    const bands = takeBands(text)
    if (bandsOf.size >= MAX_KNOWN_TEXTS) bandsOf.clear()
    bandsOf.set(exact, bands)
    return bands
  }

  function findOwn({ tenant, principal }: Asked): Own {
    const name = `${tenant}|${principal}|${hourMs}`
    const known = owns.get(name)
    if (known) return known
    const made: Own = { tenant, principal, sinceMs: hourMs, volume: { count: 0, shared: 0 }, parts: new Map() }
    owns.set(name, made)
    return made
  }

  function add({ parts }: Own, name: string, count: number): void {
    const part = parts.get(name) ?? { count: 0, shared: 0 }
    part.count += count
    if (!parts.delete(name)) kept += 1
    parts.set(name, part)
    while (kept > MAX_PARTS) dropOne()
  }

  /** Of those who have no less than their share of the room, in turn. */
  function dropOne(): void {
    const share = kept / owns.size
    for (const [name, own] of owns) {
      owns.delete(name)
      owns.set(name, own)
      if (own.parts.size < share) continue
      dropLeast(own)
      return
    }
  }

  function dropLeast({ parts }: Own): void {
    for (let passes = 0; ; passes++) {
      const [oldest] = parts
      if (!oldest) return
      parts.delete(oldest[0])
      if (passes < MAX_PASSES && isToTell(oldest[1])) parts.set(...oldest)
      else {
        kept -= 1
        return
      }
    }
  }

  /** Of hours that are over, what is told already or never will be. */
  function dropOld(): void {
    kept = 0
    for (const [name, { volume, parts }] of owns) {
      for (const [key, part] of parts) if (!isToTell(part)) parts.delete(key)
      if (parts.size === 0 && volume.count === volume.shared) owns.delete(name)
      kept += parts.size
    }
  }

  const isToTell = ({ count, shared }: Part): boolean => count > shared && count >= SHARED_FROM

  function listDue({ tenant, principal, sinceMs, volume, parts }: Own): readonly Due[] {
    const own = { tenant, principal, sinceMs }
    const due = Array.from(parts)
      .filter(([, part]) => isToTell(part))
      .map(([name, part]): Due => ({ ...own, kind: name.includes(':') ? 'near' : 'sampling', name, part }))
    return volume.count > volume.shared ? [{ ...own, kind: 'volume', name: '', part: volume }, ...due] : due
  }

  /** What others may know of a part. */
  function refer({ tenant, principal, kind, name, sinceMs }: Due): string {
    if (kind === 'volume') return ''
    const mac = keyring.deriveMac('tokens', keyring.currentVersion('tokens'), tenant, ['sweeps', principal])
    return Buffer.from(mac(`${sinceMs}|${name}`))
      .toString('hex')
      .slice(0, 32)
  }

  async function tell(trx: Transaction, tenant: string, total: SweepTotal, told: Set<string>): Promise<void> {
    const { principal, kind, since, count, mean } = total
    const alert = kind === 'volume' ? 'unusual-volume' : 'extraction-sweep'
    const name = `${alert}|${tenant}|${principal}|${since.toISOString()}`
    // Of the parts of one fingerprint, several may be past it.
    if (!isUnusual(total) || told.has(name)) return
    told.add(name)
    const object = toUuid(name)
    const isNew = await alerts.raiseIn(trx, { tenant, kind: alert, object, principal })
    if (!isNew) return
    const counted = { count, ...(kind === 'volume' && { mean: Math.round(mean) }) }
    await recordChange(trx, {
      actor: { tenant, id: PROGRAM },
      kind: 'sweep.detected',
      object,
      principal,
      codes: [`sweep.${kind}`],
      counts: counted,
    })
  }

  return {
    observe(asked) {
      const nowMs = clock.now().getTime()
      if (nowMs - hourMs >= HOUR_MS || nowMs < hourMs) {
        hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS
        dropOld()
      }
      const exact = hash('sha256', asked.text, 'base64url')
      const bands = findBands(exact, asked.text)
      const own = findOwn(asked)
      own.volume.count += 1
      add(own, exact, asked.choices)
      for (const band of bands) add(own, band, 1)
    },

    async flush() {
      const due = [...owns.values()].flatMap(listDue)
      const byTenant = Map.groupBy(due, ({ tenant }) => tenant)
      for (const [tenant, each] of byTenant) {
        const rows = each.map((one) => ({
          part: one.part,
          principal: one.principal,
          kind: one.kind,
          key: refer(one),
          since: new Date(one.sinceMs),
          count: one.part.count - one.part.shared,
        }))
        await store.add(tenant, rows, async (trx, totals) => {
          const told = new Set<string>()
          for (const total of totals) await tell(trx, tenant, total, told)
        })
        for (const { part, count } of rows) part.shared += count
      }
    },
  }
}

function isUnusual({ kind, count, mean, hours }: SweepTotal): boolean {
  if (kind !== 'volume') return count >= THRESHOLDS[kind]
  const { volumeHours, volumeLeast, volumeTimes } = THRESHOLDS
  return hours >= volumeHours && count >= volumeLeast && count >= mean * volumeTimes
}

/** The same for the same hour on every replica, so that one alert is one (RFC 9562, version 8). */
function toUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
