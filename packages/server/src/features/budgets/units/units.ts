import type { CounterKey, UnitStore } from './store.ts'

/** What a crossing wants of one counter. */
export interface Demand extends CounterKey {
  readonly units: number
  /** More may be taken in advance: the next crossings then ask nobody. */
  readonly mayTakeAhead: boolean
}

/** Units that were taken, until it is known how many were used. */
export interface Holding {
  /** `used` of each demand, in their order; the rest is free again. */
  settle(used: readonly number[]): void
}

export interface Units {
  /** All of them or none: a demand that cannot be met is the answer. Throws `database.unavailable`. */
  take(tenant: string, demands: readonly Demand[]): Promise<Holding | Demand>
  /** Gives back whatever is not in use and stops. */
  close(): Promise<void>
}

export interface UnitsOptions {
  readonly store: UnitStore
  readonly leaseMs: number
  readonly flushMs: number
  /** Milliseconds that only go forward. */
  readonly elapsedMs?: () => number
}

/** What this replica holds of one counter. Free is what is held, not used and not reserved. */
interface Slot {
  readonly limit: string
  readonly subject: string
  sinceMs: number
  held: number
  used: number
  reserved: number
  /** Crossings that hold some of it. */
  holders: number
  /** Wanted in the next statement. */
  wanted: number
  /** Taken ahead with the next statement: grows while there is demand. */
  ahead: number
  isTouched: boolean
  /** When the database was last told, or told, of it. */
  toldMs: number
  isUnlimited: boolean
  /** The last statement got less than was wanted. */
  isShort: boolean
}

interface Tenant {
  readonly slots: Map<string, Slot>
  /** The statement that gathers wants now; behind it, the one under way. */
  next: Promise<void> | undefined
  busy: Promise<unknown>
  isFlushing: boolean
}

const MAX_AHEAD = 1_000_000
// However many others take what was granted first, somebody gets on with each statement.
const MAX_ATTEMPTS = 64

/**
 * Counters that several replicas share, mostly without asking: each takes units ahead and uses them by itself. Statements
 * of a tenant go one after the other, and whoever waits for one gathers for the next.
 */
export function createUnits({ store, leaseMs, flushMs, elapsedMs = () => performance.now() }: UnitsOptions): Units {
  const tenants = new Map<string, Tenant>()
  let timer: NodeJS.Timeout | undefined
  // A lease is trusted for less than it lasts: the database's clock started before the answer was here.
  const trustedMs = leaseMs * 0.8
  const renewMs = leaseMs / 3

  function tenantOf(id: string): Tenant {
    const known = tenants.get(id)
    if (known) return known
    const made: Tenant = { slots: new Map(), next: undefined, busy: Promise.resolve(), isFlushing: false }
    tenants.set(id, made)
    return made
  }

  function slotOf({ slots }: Tenant, { limit, subject, sinceMs }: CounterKey): Slot {
    const key = `${limit}|${subject}`
    const known = slots.get(key)
    // A clock that lags stays in the span that has begun.
    if (known && known.sinceMs >= sinceMs) return known
    const empty = { held: 0, used: 0, reserved: 0, holders: 0, wanted: 0, ahead: 0, isUnlimited: false, isShort: false }
    const made: Slot = { limit, subject, sinceMs, ...empty, isTouched: true, toldMs: elapsedMs() }
    slots.set(key, made)
    return made
  }

  const isTrusted = ({ toldMs }: Slot): boolean => elapsedMs() - toldMs < trustedMs
  const freeOf = (slot: Slot): number => (isTrusted(slot) ? slot.held - slot.used - slot.reserved : 0)
  const has = (slot: Slot, units: number): boolean => slot.isUnlimited || freeOf(slot) >= units

  /** Statements of a tenant, one after the other, also behind one that failed. */
  function enqueue<Answer>(tenant: Tenant, work: () => Promise<Answer>): Promise<Answer> {
    const done = tenant.busy.then(work)
    tenant.busy = done.catch(() => undefined)
    return done
  }

  /** Joins the next statement that takes. */
  function ask(id: string, tenant: Tenant): Promise<void> {
    tenant.next ??= enqueue(tenant, async () => {
      // Whoever asks from here on needs another.
      tenant.next = undefined
      const slots = [...tenant.slots.values()].filter(({ wanted }) => wanted > 0)
      const wants = slots.map((slot) => ({ ...keyOf(slot), need: takeWanted(slot), extra: slot.ahead }))
      if (wants.length === 0) return
      const answers = await store.take(id, wants)
      for (const [index, { granted, held, sinceMs, isLimited }] of answers.entries()) {
        const slot = slots[index]
        if (!slot) continue
        const isShort = granted < (wants[index]?.need ?? 0)
        Object.assign(slot, { held, sinceMs, isShort, isUnlimited: !isLimited })
        if (granted > 0) slot.toldMs = elapsedMs()
      }
    })
    return tenant.next
  }

  /** What was wanted, with what this replica owes of it already. */
  function takeWanted(slot: Slot): number {
    const need = Math.max(slot.wanted - Math.max(slot.held - slot.used - slot.reserved, 0), 1) + debtOf(slot)
    slot.wanted = 0
    return need
  }

  async function flush(id: string, tenant: Tenant, isLast: boolean): Promise<void> {
    if (tenant.isFlushing) return
    tenant.isFlushing = true
    try {
      await enqueue(tenant, async () => {
        const told = [...tenant.slots.values()].flatMap((slot) => describeFlush(slot, isLast))
        if (told.length > 0) await settle(id, told)
        for (const [key, slot] of tenant.slots) if (isEmpty(slot)) tenant.slots.delete(key)
      })
    } finally {
      tenant.isFlushing = false
    }
  }

  function describeFlush(slot: Slot, isLast: boolean): { slot: Slot; used: number; back: number }[] {
    const free = slot.held - slot.used - slot.reserved
    // What nobody touched since the last look goes back, for the other replicas.
    const back = isLast || !slot.isTouched ? Math.max(free, 0) : 0
    if (!slot.isTouched) slot.ahead = 0
    slot.isTouched = false
    const isDue = slot.held > 0 && elapsedMs() - slot.toldMs >= renewMs
    return slot.used > 0 || back > 0 || isDue ? [{ slot, used: slot.used, back }] : []
  }

  async function settle(id: string, told: readonly { slot: Slot; used: number; back: number }[]): Promise<void> {
    // Taken off first: what is used meanwhile is told the next time.
    for (const { slot, used, back } of told) {
      slot.used -= used
      slot.held -= used + back
    }
    try {
      const held = await store.settle(
        id,
        told.map(({ slot, used, back }) => ({ ...keyOf(slot), used, back })),
      )
      for (const [index, { slot }] of told.entries()) {
        slot.held = held[index] ?? 0
        slot.toldMs = elapsedMs()
      }
    } catch (thrown) {
      for (const { slot, used, back } of told) {
        slot.used += used
        slot.held += used + back
      }
      throw thrown
    }
  }

  async function flushAll(isLast = false): Promise<void> {
    // What fails stays as it is, and is told with the next flush; the lease ends if none comes through.
    await Promise.allSettled([...tenants].map(async ([id, tenant]) => flush(id, tenant, isLast)))
    if ([...tenants.values()].some(({ slots }) => slots.size > 0)) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    async take(id, demands) {
      timer ??= setInterval(() => void flushAll(), flushMs).unref()
      const tenant = tenantOf(id)
      for (let attempt = 0; ; attempt++) {
        const wants = demands.map((demand) => ({ demand, slot: slotOf(tenant, demand) }))
        for (const { slot } of wants) slot.isTouched = true
        const lacking = wants.filter(({ slot, demand }) => !has(slot, demand.units))
        if (lacking.length === 0) return reserve(id, tenant, wants)
        const short = lacking.find(({ slot }) => attempt > 0 && slot.isShort) ?? lacking[0]
        if (short && (attempt === MAX_ATTEMPTS || (attempt > 0 && short.slot.isShort))) return short.demand
        for (const { slot, demand } of lacking) {
          slot.wanted += demand.units
          slot.ahead = demand.mayTakeAhead ? Math.min(Math.max(slot.ahead * 2, demand.units), MAX_AHEAD) : 0
        }
        await ask(id, tenant)
      }
    },
    async close() {
      clearInterval(timer)
      await flushAll(true)
    },
  }

  function reserve(id: string, tenant: Tenant, wants: readonly Want[]): Holding {
    for (const { slot, demand } of wants) {
      slot.reserved += demand.units
      slot.holders++
    }
    return { settle: (used) => release(id, tenant, wants, used) }
  }

  function release(id: string, tenant: Tenant, wants: readonly Want[], used: readonly number[]): void {
    let isAwaited = false
    for (const [index, { slot, demand }] of wants.entries()) {
      slot.reserved -= demand.units
      slot.used += used[index] ?? 0
      slot.holders--
      if (demand.mayTakeAhead) continue
      // Of what nobody takes ahead, others may be waiting for each unit.
      slot.isTouched = false
      isAwaited = true
    }
    if (isAwaited) void flush(id, tenant, false).catch(() => undefined)
  }
}

interface Want {
  readonly demand: Demand
  readonly slot: Slot
}

function keyOf({ limit, subject, sinceMs }: Slot): CounterKey {
  return { limit, subject, sinceMs }
}

function debtOf({ held, used, reserved }: Slot): number {
  return Math.max(used + reserved - held, 0)
}

function isEmpty({ held, used, reserved, holders, wanted }: Slot): boolean {
  return held === 0 && used === 0 && reserved === 0 && holders === 0 && wanted === 0
}
