import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { readConfig } from '@breakwater/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasCommand, runCommand } from './commands.ts'

const UNITS = new URL('../../deploy/systemd/', import.meta.url)
const NAMES = ['gateway@', 'migrate', 'sequencer', 'worker'] as const
const WATCHERS = ['alert@', 'doctor@'] as const
// Of 10; what is left is the network, which the programs are there for.
const MAX_EXPOSURE = 20
const isMissing = process.env['CI'] === undefined && !hasCommand('systemd-analyze')

const readUnit = async (name: string): Promise<string> => readFile(new URL(`breakwater-${name}.service`, UNITS), 'utf8')
const readAll = (text: string, key: string): string[] =>
  Array.from(text.matchAll(new RegExp(`^${key}=-?(.*)$`, 'gm')), ([, value = '']) => value)

/** The environment that systemd would give, with the specifiers of an instance `a`. */
async function readSettings(unit: string): Promise<Record<string, string>> {
  const lines = readAll(unit, 'Environment')
  for (const path of readAll(unit, 'EnvironmentFile')) {
    const text = await readFile(new URL(`environment/${basename(path.replace('%i', 'a'))}`, UNITS), 'utf8')
    lines.push(...text.split('\n').filter((line) => /^\w+=/.test(line)))
  }
  const pairs = lines.map((line) => line.replaceAll('%d', '/run/credentials/unit').replaceAll('%i', 'a'))
  return Object.fromEntries(pairs.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

describe('the systemd units', () => {
  test.for(NAMES.filter((name) => name !== 'migrate'))(
    '%s: its settings are ones that the program takes',
    async (name) => {
      const unit = await readUnit(name)
      const settings = await readSettings(unit)
      const config = readConfig(settings)
      expect(config).toMatchObject({ BREAKWATER_PROGRAM: name.replace('@', ''), BREAKWATER_ENVIRONMENT: 'production' })
      // Each credential that a setting names is loaded, and its home is the folder that systemd makes for it.
      const loaded = readAll(unit, 'LoadCredential').map((line) => line.split(':')[0])
      for (const value of Object.values(settings)) {
        if (value.startsWith('/run/credentials/')) expect(loaded).toContain(basename(value))
      }
      expect(config.BREAKWATER_HOME).toBe(`/var/lib/${readAll(unit, 'StateDirectory')[0]?.replace('%i', 'a')}`)
    },
  )

  test('the doctor looks with what its gateway has, and tells when it fails (MO-04)', async () => {
    const [doctor, gateway] = [await readUnit('doctor@'), await readUnit('gateway@')]
    const { BREAKWATER_LOG: _, ...settings } = await readSettings(gateway)
    expect(await readSettings(doctor)).toEqual(settings)
    for (const key of ['User', 'LoadCredential']) expect(readAll(doctor, key)).toEqual(readAll(gateway, key))
    expect(readAll(doctor, 'ExecStart')[0]).toMatch(/breakwater doctor$/)
    const timer = await readFile(new URL('breakwater-doctor@.timer', UNITS), 'utf8')
    expect(readAll(timer, 'Unit')).toEqual(['breakwater-doctor@%i.service'])
    for (const name of [...NAMES, 'doctor@']) {
      expect(readAll(await readUnit(name), 'OnFailure')).toEqual(['breakwater-alert@%n.service'])
    }
  })

  test('run under one account each, which sysusers makes', async () => {
    const accounts = await readFile(new URL('sysusers.d/breakwater.conf', UNITS), 'utf8')
    const users = await Promise.all(NAMES.map(async (name) => readAll(await readUnit(name), 'User')[0]))
    expect(new Set(users).size).toBe(NAMES.length)
    for (const user of users) expect(accounts).toMatch(new RegExp(`^u ${user} `, 'm'))
  })

  test('hold no secret, and give the log’s key and the owner’s login to nobody else', async () => {
    for (const name of NAMES) {
      const unit = await readUnit(name)
      expect(unit).not.toMatch(/password|secret=|:\/\/[^/\s]+:[^/\s]+@/i)
      const folders = readAll(unit, 'LoadCredential').map((line) => line.split('/credentials/')[1]?.split('/'))
      const own = folders.filter((parts) => parts?.length === 2).map((parts) => parts?.[0])
      expect(new Set(own)).toEqual(new Set([name === 'migrate' ? 'owner' : name.replace('@', '')]))
    }
  })

  describe.skipIf(isMissing)(`judged by systemd-analyze${isMissing ? ' [systemd is not installed]' : ''}`, () => {
    let folder = ''
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'units-'))
      for (const name of (await readdir(UNITS)).filter((each) => /\.(service|timer)$/.test(each))) {
        const text = await readFile(new URL(name, UNITS), 'utf8')
        // What is not installed here cannot be found: a program that is stands for it.
        await writeFile(join(folder, name), text.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`))
      }
    })
    afterAll(async () => rm(folder, { recursive: true }))

    test.for([...NAMES, ...WATCHERS])('%s: valid, and exposed no more than 2.0 of 10', async (name) => {
      const path = join(folder, `breakwater-${name}.service`)
      const told = await runCommand('systemd-analyze', ['verify', '--man=no', path])
      expect(told).toBe('')
      const judged = await runCommand('systemd-analyze', [
        'security',
        '--offline=true',
        `--threshold=${MAX_EXPOSURE}`,
        path,
      ])
      expect(judged).toContain('Overall exposure level')
    })

    test('the timer: valid, and it starts a unit that is there', async () => {
      expect(
        await runCommand('systemd-analyze', ['verify', '--man=no', join(folder, 'breakwater-doctor@.timer')]),
      ).toBe('')
    })

    test('a unit that keeps its privileges is not let through', async () => {
      const text = await readFile(join(folder, 'breakwater-worker.service'), 'utf8')
      const lax = join(folder, 'breakwater-lax.service')
      await writeFile(
        lax,
        text.replace(/^(CapabilityBoundingSet|SystemCallFilter|ProtectSystem|PrivateUsers)=.*$/gm, ''),
      )
      const judge = runCommand('systemd-analyze', ['security', '--offline=true', `--threshold=${MAX_EXPOSURE}`, lax])
      await expect(judge).rejects.toThrow('systemd-analyze failed')
    })
  })
})
