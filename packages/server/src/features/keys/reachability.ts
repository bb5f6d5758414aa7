import type { Reachability } from '@breakwater/contract'
import type { SubjectKey } from './store.ts'
import type { KekEvent, KekVersion } from './types.ts'

type Answer = Reachability['dataKeys'][number]

/**
 * Whether the keys of a patient, as a copy of the database held them, could be opened at a time. A copy keeps the wrap it
 * was made with: shredding afterwards does not reach it, destroying the key above does. What no record tells is
 * `unknown`, never "no".
 */
export function judgeReachability(
  keys: readonly SubjectKey[],
  events: readonly KekEvent[],
  { copiedAt, at }: { readonly copiedAt: Date | undefined; readonly at: Date },
): Reachability {
  const answers = keys.map((key) => judgeKey(key, events, copiedAt ?? at, at))
  const has = (value: boolean | 'unknown'): boolean => answers.some(({ isReachable }) => isReachable === value)
  const isReachable = has(true) ? true : has('unknown') || answers.length === 0 ? 'unknown' : false
  const reasons = answers.length === 0 ? ['no-key-on-record'] : [...new Set(answers.map(({ reason }) => reason))].sort()
  return { isReachable, reasons, dataKeys: answers }
}

function judgeKey(key: SubjectKey, events: readonly KekEvent[], copiedAt: Date, at: Date): Answer {
  const { id } = key
  if (key.createdAt > copiedAt) return { id, isReachable: false, reason: 'made-after-the-copy' }
  if (key.shreddedAt && key.shreddedAt <= copiedAt)
    return { id, isReachable: false, reason: 'shredded-before-the-copy' }
  const wrap = key.wraps.filter(({ wrappedAt }) => wrappedAt <= copiedAt).at(-1)
  if (!wrap) return { id, isReachable: 'unknown', reason: 'no-wrap-on-record' }
  const state = findState(wrap, events, at)
  if (state === 'destroyed') return { id, isReachable: false, reason: 'key-above-destroyed' }
  if (state === 'disabled') return { id, isReachable: false, reason: 'key-above-disabled' }
  return { id, isReachable: true, reason: 'key-above-enabled' }
}

/** As of a time; what was destroyed stays so, whatever is recorded later. */
function findState(version: KekVersion, events: readonly KekEvent[], at: Date): KekEvent['event'] {
  const own = events
    .filter((event) => isSame(event, version) && event.happenedAt <= at)
    .toSorted((a, b) => a.happenedAt.getTime() - b.happenedAt.getTime())
  if (own.some(({ event }) => event === 'destroyed')) return 'destroyed'
  return own.at(-1)?.event ?? 'enabled'
}

function isSame(a: KekVersion, b: KekVersion): boolean {
  return a.provider === b.provider && a.kekId === b.kekId && a.kekVersion === b.kekVersion
}
