import { sql } from 'kysely'
import { afterEach, describe, expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import { createTestCrossing } from '../../testing/crossing.ts'
import type { TestCrossing } from '../../testing/crossing.ts'
import { test } from '../../testing/database.ts'
import { takeBands } from './fingerprint.ts'

const open: TestCrossing[] = []
afterEach(async () => {
  for (const crossing of open.splice(0)) await crossing.close()
})

async function start(db: Parameters<typeof createTestCrossing>[0]): Promise<TestCrossing> {
  const crossing = await createTestCrossing(db)
  open.push(crossing)
  return crossing
}

const ask = ({ app }: TestCrossing, text: string, choices = 1): void =>
  app.services.sweeps.observe({ tenant: app.tenant, principal: 'app', text, choices })

async function alertsOf({ app }: TestCrossing): Promise<unknown[]> {
  await app.services.sweeps.flush()
  return (await app.services.access.alerts.list(app.tenant)).map(({ kind, principal }) => [kind, principal])
}

const DRUGS =
  'aspirin ibuprofen metformin lisinopril atorvastatin amlodipine omeprazole losartan albuterol gabapentin'.split(' ')
const question = (index: number): string =>
  `List every medication, allergy and diagnosis that is on file for the patient PATIENT7Q3K9M2XWT${'BCDF'[index % 4]} as of day ${index}, ` +
  'with the dates, the prescriber and the pharmacy, and do not leave anything out of the answer'

describe('extraction sweeps (LS-05, GW-12)', () => {
  test('prompts that differ in one slot raise one alert an hour, with counts in the log and no text (LS-05)', async ({
    db,
    migrator,
  }) => {
    const crossing = await start(db)
    for (let i = 0; i < 99; i++) ask(crossing, question(i))
    expect(await alertsOf(crossing)).toEqual([])
    ask(crossing, question(99))
    expect(await alertsOf(crossing)).toEqual([['extraction-sweep', 'app']])
    for (let i = 100; i < 300; i++) ask(crossing, question(i))
    expect(await alertsOf(crossing)).toEqual([['extraction-sweep', 'app']])
    const entries = (await crossing.app.readLedger()).map(({ entry }) => entry)
    expect(entries.filter(({ kind }) => kind === 'sweep.detected')).toMatchObject([
      { principal: 'app', counts: { count: 100 } },
    ])
    const { rows } = await sql<{ row: string }>`select c::text as row from sweep_counts c`.execute(migrator)
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter(({ row }) => row.includes('medication') || row.includes('PATIENT'))).toEqual([])
    crossing.app.clock.set('2026-06-01T13:00:00.000Z')
    for (let i = 0; i < 100; i++) ask(crossing, question(i))
    expect(await alertsOf(crossing)).toHaveLength(2)
  })

  test('sampling the same prompt counts each answer it asks for, on all replicas together (LS-05)', async ({ db }) => {
    const first = await createTestApp(db)
    const second = await createTestApp(db, { keyring: first.keyring })
    const sample = { tenant: first.tenant, principal: 'app', text: 'Continue: the patient', choices: 10 }
    for (let i = 0; i < 9; i++) (i % 2 === 0 ? first : second).services.sweeps.observe(sample)
    for (const app of [first, second]) await app.services.sweeps.flush()
    expect(await first.services.access.alerts.list(first.tenant)).toEqual([])
    second.services.sweeps.observe(sample)
    await second.services.sweeps.flush()
    expect(await first.services.access.alerts.list(first.tenant)).toMatchObject([{ kind: 'extraction-sweep' }])
  })

  test('in an hour in which far more texts are seen than are kept, a sweep that goes on is told (LS-05)', async ({
    db,
  }) => {
    const crossing = await start(db)
    for (let i = 0; i < 15_000; i++) {
      const other = crossing.app.services.sweeps
      other.observe({
        tenant: crossing.app.tenant,
        principal: 'busy',
        text: `${i * 7_919} x${i.toString(36)}`,
        choices: 1,
      })
      if (i % 150 === 0) ask(crossing, question(i / 150))
    }
    expect(await alertsOf(crossing)).toContainEqual(['extraction-sweep', 'app'])
  })

  test('work on many different texts raises none (LS-05)', async ({ db }) => {
    const crossing = await start(db)
    for (let i = 0; i < 400; i++) {
      const pick = (salt: number): string => DRUGS[(i * 7 + salt * 13 + ((i * salt) >> 2)) % DRUGS.length] ?? ''
      ask(
        crossing,
        Array.from(
          { length: 12 },
          (_, salt) =>
            `${pick(salt)}${(i * 31 + salt) % 97 === 0 ? ' daily' : ''}${String.fromCharCode(97 + ((i * (salt + 3)) % 26))}`,
        ).join(' '),
      )
    }
    expect(await alertsOf(crossing)).toEqual([])
  })

  test('far more requests than in the own hours before raise an alert, and a busy start does not (GW-12)', async ({
    db,
  }) => {
    const crossing = await start(db)
    const askMany = (count: number, hour: number): void => {
      for (let i = 0; i < count; i++) {
        ask(
          crossing,
          Array.from(
            { length: 8 },
            (_, at) =>
              `w${String.fromCharCode(97 + ((i * (at + 5) + hour * 3 + at) % 26))}${String.fromCharCode(97 + ((i >> at) % 26))}`,
          ).join(' '),
        )
      }
    }
    for (let hour = 0; hour < 24; hour++) {
      crossing.app.clock.set(new Date(Date.parse('2026-06-02T00:00:00Z') + hour * 3_600_000).toISOString())
      askMany(40, hour)
      expect(await alertsOf(crossing)).toEqual([])
    }
    crossing.app.clock.set('2026-06-03T00:00:00.000Z')
    askMany(199, 1)
    expect(await alertsOf(crossing)).toEqual([])
    askMany(1, 2)
    expect(await alertsOf(crossing)).toEqual([['unusual-volume', 'app']])
  })

  test('a crossing is counted by its last message, whatever came before (LS-05)', async ({ db }) => {
    const seen: { text: string; choices: number }[] = []
    await createTestCrossing(db, { sweeps: { observe: (asked) => seen.push(asked) } }).then(async (other) => {
      open.push(other)
      const messages = [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'What is Zelda Quorn, SSN 078-05-1120, on?' },
      ]
      await other.send('/v1/chat/completions', { model: 'scripted', n: 3, messages })
    })
    expect(seen).toMatchObject([{ choices: 3 }])
    expect(seen[0]?.text).not.toMatch(/brief|078-05/)
  })
})

describe('takeBands', () => {
  test('texts with another name or number in a slot have a part in common, others have none', () => {
    const bands = takeBands(question(1))
    for (let i = 2; i < 50; i++) expect(takeBands(question(i)).some((band) => bands.includes(band))).toBe(true)
    const other = takeBands('Write a letter of discharge in plain words for somebody who had a hip replacement')
    expect(other.filter((band) => bands.includes(band))).toEqual([])
  })
})
