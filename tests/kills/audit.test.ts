import type { LedgerEntry } from '@breakwater/ledger/verify'
import { describe, expect, test } from 'vitest'
import { findViolations } from './audit.ts'
import type { Evidence, SentRequest } from './audit.ts'

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second))

function entry(
  kind: LedgerEntry['kind'],
  crossing: string,
  second: number,
  changes: Partial<LedgerEntry> = {},
): LedgerEntry {
  return {
    v: 1,
    tenant: 'main',
    time: { wall: at(second).toISOString(), monotonicNs: '1' },
    kind,
    crossing,
    principal: 'app',
    actor: { id: 'app', assurance: 'verified' },
    patients: [],
    purpose: 'TREAT',
    basis: 'unknown',
    agreement: 'unknown',
    policySet: 'unknown',
    keyVersion: 'unknown',
    provider: 'model-server',
    endpoint: 'chat.completions',
    model: 'worker-1',
    features: [],
    counts: {},
    decision: 'allow',
    codes: [],
    ...changes,
  }
}

const request = (marker: string, second: number, changes: Partial<SentRequest> = {}): SentRequest => ({
  worker: 'worker-1',
  marker,
  sentAt: at(second),
  isAnswered: false,
  ...changes,
})

/** Two crossings: one answered, one cut off by a kill and closed afterwards. */
const SOUND: Evidence = {
  entries: [
    entry('crossing.intent', 'a', 2),
    entry('crossing.outcome', 'a', 4),
    entry('crossing.intent', 'b', 12),
    entry('crossing.outcome', 'b', 20, { decision: 'unknown' }),
  ],
  rootAt: (size) => (size <= 4 ? `root ${size}` : undefined),
  requests: [request('amber', 1, { receipt: { intent: 0, outcome: 1 }, isAnswered: true }), request('birch', 11)],
  arrivals: new Map([
    ['amber', { at: at(3), times: 1 }],
    ['birch', { at: at(13), times: 1 }],
  ]),
  checkpoints: [
    { size: 2, root: 'root 2' },
    { size: 4, root: 'root 4' },
  ],
}

const [intentA, outcomeA, intentB, outcomeB] = SOUND.entries
const entries = (...list: readonly (LedgerEntry | undefined)[]): Evidence => ({
  ...SOUND,
  entries: list.filter((item) => item !== undefined),
})

describe('findViolations', () => {
  test('finds none in sound evidence', () => {
    expect(findViolations(SOUND)).toEqual([])
  })

  const broken: Record<string, [expected: RegExp, evidence: Evidence]> = {
    'a receipt beyond the log': [/^lost/, { ...SOUND, requests: [request('amber', 1, { receipt: { intent: 9 } })] }],
    "a receipt of another's entry": [
      /^lost/,
      { ...SOUND, requests: [request('amber', 1, { receipt: { intent: 0, outcome: 1 }, worker: 'worker-2' })] },
    ],
    'a receipt whose outcome is another entry': [
      /^lost/,
      { ...SOUND, requests: [request('amber', 1, { receipt: { intent: 0, outcome: 3 } })] },
    ],
    'an answer that the log closed as unknown': [
      /^lost/,
      entries(intentA, entry('crossing.outcome', 'a', 4, { decision: 'unknown' }), intentB, outcomeB),
    ],
    'two receipts for one crossing': [
      /^doubled/,
      { ...SOUND, requests: [...SOUND.requests, request('cedar', 14, { receipt: { intent: 0 } })] },
    ],
    'two outcomes of one crossing': [/^doubled/, entries(intentA, outcomeA, intentB, outcomeB, outcomeB)],
    'a request forwarded twice': [
      /^doubled/,
      { ...SOUND, arrivals: new Map([...SOUND.arrivals, ['birch', { at: at(13), times: 2 }]]) },
    ],
    'an intent that stays open': [/^open/, entries(intentA, outcomeA, intentB)],
    'a request forwarded without an intent': [/^early/, entries(intentA, outcomeA)],
    'an intent recorded after the forward': [
      /^early/,
      entries(intentA, outcomeA, entry('crossing.intent', 'b', 14), outcomeB),
    ],
    'an intent that belongs to an earlier request': [
      /^early/,
      entries(intentA, outcomeA, entry('crossing.intent', 'b', 10), outcomeB),
    ],
    'a log that shrank': [/^shrank/, { ...SOUND, checkpoints: SOUND.checkpoints.toReversed() }],
    'two roots of one size': [/^forked/, { ...SOUND, checkpoints: [{ size: 2, root: 'another' }] }],
    'a signed size that the log never reached again': [
      /^forked/,
      { ...SOUND, checkpoints: [{ size: 5, root: 'root 5' }] },
    ],
  }
  test.each(Object.entries(broken))('reports %s', (_what, [expected, evidence]) => {
    expect(findViolations(evidence)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]))
  })
})
