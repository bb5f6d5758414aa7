import { setTimeout as delay } from 'node:timers/promises'
import type { EntryDraft } from '@breakwater/ledger'
import { quantile } from '../gateway/statistics.ts'
import type { Stage } from './stage.ts'

interface Latency {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

const round = (value: number): number => Math.round(value * 100) / 100

function describeLatency(valuesMs: readonly number[]): Latency {
  const at = (share: number): number => round(quantile(valuesMs, share))
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}

/** An entry as a crossing makes it, about 700 bytes. */
function makeDraft(): EntryDraft {
  return {
    tenant: 'bench',
    kind: 'crossing.intent',
    crossing: crypto.randomUUID(),
    principal: 'bench-app',
    actor: { id: 'bench-app', assurance: 'verified' },
    patients: ['5a'.repeat(32)],
    purpose: 'TREAT',
    basis: '45CFR164.506',
    agreement: { id: 'bench', version: 1 },
    policySet: 'ab'.repeat(32),
    keyVersion: 1,
    provider: 'bench',
    endpoint: '/v1/chat/completions',
    model: 'bench-model',
    features: ['streaming'],
    counts: { name: 4, date: 3, phone: 1 },
    decision: 'allow',
    codes: ['policy.allowed'],
  }
}

/** Callers that append again as soon as they have their index: how many entries become durable in a second. */
export async function measureThroughput({ ledger }: Stage, entries: number, callers: number): Promise<number> {
  let left = entries
  const start = performance.now()
  const call = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await ledger.append(makeDraft())
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  return Math.round(entries / ((performance.now() - start) / 1000))
}

/** Appends that start at their time, whether or not earlier ones are done; latency counts from that time. */
export async function measureAtRate(
  { ledger, sequencer }: Stage,
  ratePerSecond: number,
  seconds: number,
): Promise<{ append: Latency; checkpoint: Latency; appended: number }> {
  const appendMs: number[] = []
  const acknowledged: { index: number; at: number }[] = []
  const pending: Promise<void>[] = []
  const append = async (dueAt: number): Promise<void> => {
    const { index } = await ledger.append(makeDraft())
    const at = performance.now()
    appendMs.push(at - dueAt)
    acknowledged.push({ index, at })
  }
  const watch = watchCheckpoints(sequencer, acknowledged)
  const start = performance.now()
  const total = ratePerSecond * seconds
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - start) * ratePerSecond) / 1000))
    for (; sent < due; sent += 1) pending.push(append(start + (sent * 1000) / ratePerSecond))
    await delay(1)
  }
  await Promise.all(pending)
  await sequencer.integrateNow()
  const checkpointMs = await watch.stop()
  return { append: describeLatency(appendMs), checkpoint: describeLatency(checkpointMs), appended: total }
}

/** From the acknowledgement of an entry to the first published checkpoint that covers it. */
function watchCheckpoints(
  sequencer: Stage['sequencer'],
  acknowledged: readonly { readonly index: number; readonly at: number }[],
): { stop(): Promise<number[]> } {
  const waitsMs: number[] = []
  let isStopped = false
  let next = 0
  const cover = (): void => {
    const now = performance.now()
    const size = sequencer.status().checkpoint?.size ?? 0
    for (let entry = acknowledged[next]; entry && entry.index < size; entry = acknowledged[next]) {
      // A checkpoint may be out before its entries' callers have their answer.
      waitsMs.push(Math.max(0, now - entry.at))
      next += 1
    }
  }
  const watching = (async () => {
    while (!isStopped) {
      cover()
      await delay(5)
    }
    cover()
  })()
  return {
    async stop() {
      isStopped = true
      await watching
      return waitsMs
    },
  }
}
