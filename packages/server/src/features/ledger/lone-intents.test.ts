import type { EntryDraft } from '@breakwater/ledger'
import { fixedClock } from '@breakwater/testkit'
import { describe, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import { createLedgerService, createLoneIntentCloser } from './index.ts'

const clock = fixedClock('2026-01-02T03:04:05.678Z')
const log = (): undefined => undefined
const crossingOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const intent = (tenant: string, number: number): EntryDraft => ({
  tenant,
  kind: 'crossing.intent',
  crossing: crossingOf(number),
  principal: 'ward-app',
  purpose: 'TREAT',
  decision: 'allow',
  codes: ['policy.allowed'],
})

describe('lone intents', () => {
  test('are closed once, as unknown, by however many closers (AU-01)', async ({ db, sequencerDb }) => {
    const ledger = createLedgerService({ db, clock, log })
    await ledger.append(intent('acme', 1))
    await ledger.append(intent('acme', 2))
    await ledger.append({ ...intent('acme', 2), kind: 'crossing.outcome' })
    await ledger.append(intent('acme', 3))
    await ledger.append({ ...intent('acme', 3), kind: 'crossing.refused', decision: 'deny' })
    await ledger.append(intent('bay', 4))
    const closers = [1, 2, 3].map(() => createLoneIntentCloser({ sequencerDb, ledger, log }))
    await Promise.all(closers.map(async (closer) => closer.close(0)))
    for (const closer of closers) expect(await closer.close(0)).toBe(0)
    const acme = await ledger.read('acme', { after: 4, limit: 10 })
    const bay = await ledger.read('bay', { after: 4, limit: 10 })
    expect(acme.map(({ entry }) => entry)).toEqual([
      expect.objectContaining({
        kind: 'crossing.outcome',
        crossing: crossingOf(1),
        principal: 'ward-app',
        purpose: 'TREAT',
        decision: 'unknown',
        codes: ['crossing.abandoned'],
      }),
    ])
    expect(bay.map(({ entry }) => [entry.kind, entry.crossing])).toEqual([
      ['crossing.intent', crossingOf(4)],
      ['crossing.outcome', crossingOf(4)],
    ])
  })

  test('are left alone while they are young', async ({ db, sequencerDb }) => {
    const ledger = createLedgerService({ db, clock, log })
    await ledger.append(intent('acme', 1))
    const closer = createLoneIntentCloser({ sequencerDb, ledger, log })
    expect(await closer.close(3600)).toBe(0)
    expect(await closer.close(0)).toBe(1)
  })
})
