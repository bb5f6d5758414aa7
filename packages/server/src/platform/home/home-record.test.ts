import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openHomeRecord, writeHomeRecord } from './home-record.ts'

async function withHome(work: (home: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'breakwater-record-'))
  try {
    await work(home)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

test('the first opening fixes the environment, and later ones read it back', async () => {
  await withHome(async (home) => {
    const first = await openHomeRecord(home, 'development')
    expect(first).toEqual({ version: 1, environment: 'development', isSeeded: false })
    expect((await stat(join(home, 'home.json'))).mode & 0o777).toBe(0o600)
    await writeHomeRecord(home, { ...first, isSeeded: true })
    expect(await openHomeRecord(home, 'development')).toEqual({ ...first, isSeeded: true })
  })
})

test.for([
  '',
  '{}',
  '{"version":1,"environment":"elsewhere","isSeeded":true}',
  '{"version":2,"environment":"development","isSeeded":true}',
])('a record that this version did not write is refused and left alone, %#', async (text) => {
  await withHome(async (home) => {
    await writeFile(join(home, 'home.json'), text)
    await expect(openHomeRecord(home, 'development')).rejects.toMatchObject({ code: 'config.invalid' })
    expect(await readFile(join(home, 'home.json'), 'utf8')).toBe(text)
  })
})

test('a home of one environment never serves another (AC-12)', async () => {
  await withHome(async (home) => {
    await openHomeRecord(home, 'production')
    await expect(openHomeRecord(home, 'development')).rejects.toMatchObject({ code: 'environment.mismatch' })
  })
})
