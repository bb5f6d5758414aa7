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

interface Counted {
  readonly tenant: string
  readonly principal: string
  readonly kind: SweepCount['kind']
  /** What a text has in common with others: in clear, because it does not leave this process. */
  readonly part: string
  readonly sinceMs: number
  count: number
  /** Of it, what the others know. */
  shared: number
}

const HOUR_MS = 3_600_000
/** Callers must not decide how much is kept: beyond it, what is new in this hour is not counted by its text. */
const MAX_KEYS = 100_000
const MAX_KNOWN_TEXTS = 1_000

export function createSweeps({ store, alerts, recordChange, keyring, clock }: SweepsDeps): Sweeps {
  // By tenant, principal and hour, and then by kind and part.
  const counts = new Map<string, Map<string, Counted>>()
  // By the text's hash, in clear for the same reason as the parts.
  const bandsOf = new Map<string, readonly string[]>()
  let keys = 0
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

  function findCounts({ tenant, principal }: Asked): Map<string, Counted> {
    const name = `${tenant}|${principal}|${hourMs}`
    const known = counts.get(name)
    if (known) return known
    const made = new Map<string, Counted>()
    counts.set(name, made)
    return made
  }

  function add(
    own: Map<string, Counted>,
    { tenant, principal }: Asked,
    named: Pick<Counted, 'kind' | 'part'>,
    count: number,
  ): void {
    const { kind, part } = named
    const name = `${kind}|${part}`
    const known = own.get(name)
    if (known) known.count += count
    else if (kind === 'volume' || keys < MAX_KEYS) {
      own.set(name, { tenant, principal, kind, part, sinceMs: hourMs, count, shared: 0 })
      keys++
    }
  }

  /** Of hours that are over, what is told already or never will be. */
  function dropOld(): void {
    keys = 0
    for (const [name, own] of counts) {
      for (const [part, each] of own) if (!isToTell(each)) own.delete(part)
      if (own.size === 0) counts.delete(name)
      keys += own.size
    }
  }

  const isToTell = ({ kind, count, shared }: Counted): boolean =>
    count > shared && (kind === 'volume' || count >= SHARED_FROM)

  /** What others may know of a part. */
  function refer({ tenant, principal, kind, part, sinceMs }: Counted): string {
    if (kind === 'volume') return ''
    const mac = keyring.deriveMac('tokens', keyring.currentVersion('tokens'), tenant, ['sweeps', principal])
    return Buffer.from(mac(`${sinceMs}|${part}`))
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
      const exact = hash('sha256', asked.text)
      const bands = findBands(exact, asked.text)
      const own = findCounts(asked)
      add(own, asked, { kind: 'volume', part: '' }, 1)
      add(own, asked, { kind: 'sampling', part: exact }, asked.choices)
      for (const band of bands) add(own, asked, { kind: 'near', part: band }, 1)
    },

    async flush() {
      const due = [...counts.values()].flatMap((own) => [...own.values()].filter(isToTell))
      const byTenant = Map.groupBy(due, ({ tenant }) => tenant)
      for (const [tenant, counted] of byTenant) {
        const rows = counted.map((each) => ({
          each,
          ...each,
          key: refer(each),
          since: new Date(each.sinceMs),
          count: each.count - each.shared,
        }))
        await store.add(tenant, rows, async (trx, totals) => {
          const told = new Set<string>()
          for (const total of totals) await tell(trx, tenant, total, told)
        })
        for (const { each, count } of rows) each.shared += count
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
