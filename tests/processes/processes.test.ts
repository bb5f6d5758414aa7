import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createFileReader, verifyLog } from '@breakwater/ledger/verify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeAuthority } from './certificates.ts'
import { runCommand } from './commands.ts'
import { A, B, startInstallation, waitFor } from './installation.ts'
import type { Installation } from './installation.ts'
import { openBrowser, readBootstrapLink } from './people.ts'
import { expectRefusal } from './program.ts'
import { describeReplicas } from './replicas.ts'
import type { Name } from './topology.ts'
import { CLI, findMissing } from './topology.ts'

const missing = findMissing()
const isSkipped = missing.length > 0 && process.env['CI'] === undefined

// One installation, lived through: each test begins where the one before ended.
describe.skipIf(isSkipped)(
  `programs under accounts of their own${isSkipped ? ` [not installed: ${missing.join(', ')}]` : ''}`,
  { timeout: 60_000 },
  () => {
    let site: Installation

    beforeAll(async () => {
      site = await startInstallation()
    }, 120_000)
    afterAll(async () => site?.close(), 60_000)

    describe('the database', () => {
      const connect = async (role: string, rest: string): Promise<string> => {
        const to = `host=localhost port=${site.t.cluster.port} dbname=breakwater user=${role} ${rest}`
        return runCommand('psql', ['-X', '-A', '-t', '-c', 'select current_user', to])
      }
      const prove = ({ certFile, keyFile }: { certFile: string; keyFile: string }): string =>
        `sslmode=verify-full sslrootcert=${site.t.authority.caFile} sslcert=${certFile} sslkey=${keyFile}`

      test('takes nobody without a certificate, with a foreign one, or with that of another program (EN-10)', async () => {
        const foreign = await makeAuthority(site.t.folder, 'foreign')
        const own = await site.t.authority.issue('gateway')
        expect(await connect('gateway', prove(own))).toBe('gateway\n')
        await expect(connect('sequencer', prove(own))).rejects.toThrow('certificate authentication failed')
        await expect(connect('gateway', prove(await foreign.issue('gateway')))).rejects.toThrow('unknown ca')
        const withoutOne = `sslmode=verify-full sslrootcert=${site.t.authority.caFile} sslcert=/nowhere`
        await expect(connect('gateway', withoutOne)).rejects.toThrow('requires a valid client certificate')
        await expect(connect('gateway', 'sslmode=disable')).rejects.toThrow('no pg_hba.conf entry')
      })

      test('lets a gateway be neither sequencer nor owner', async () => {
        const sql = async (text: string): Promise<string> => {
          const to = `host=localhost port=${site.t.cluster.port} dbname=breakwater user=gateway ${prove(await site.t.authority.issue('gateway'))}`
          return runCommand('psql', ['-X', '-A', '-t', '-c', text, to])
        }
        await expect(sql('set role breakwater_sequencer')).rejects.toThrow('permission denied')
        await expect(sql('set role owner')).rejects.toThrow('permission denied')
        await expect(sql('set role breakwater_app; drop table ledger_entries')).rejects.toThrow('must be owner')
      })
    })

    describe('a replica does not start', () => {
      const variants: readonly (readonly [string, () => Promise<Record<string, string>>, string])[] = [
        [
          'without a certificate for the database (EN-10)',
          async () => omit('BREAKWATER_DATABASE_CERT_FILE'),
          'config.invalid',
        ],
        ['without TLS to the database (EN-09)', async () => omit('BREAKWATER_DATABASE_CA_FILE'), 'config.invalid'],
        ['with a certificate of a foreign authority (EN-10)', async () => useForeign(), 'database.unavailable'],
        ['without a key service', async () => omit('BREAKWATER_KEYS_FILE'), 'config.invalid'],
        ['for another environment than the database’s (AC-12)', async () => useEnvironment(), 'environment.mismatch'],
      ]
      function omit(setting: string): Record<string, string> {
        return Object.fromEntries(Object.entries(site.t.settings(B)).filter(([name]) => name !== setting))
      }
      async function useForeign(): Promise<Record<string, string>> {
        const foreign = await makeAuthority(site.t.folder, 'other')
        const { certFile, keyFile } = await foreign.issue('gateway')
        return {
          ...site.t.settings(B),
          BREAKWATER_HOME: join(site.t.folder, 'gateway-foreign'),
          BREAKWATER_DATABASE_CERT_FILE: certFile,
          BREAKWATER_DATABASE_KEY_FILE: keyFile,
        }
      }
      async function useEnvironment(): Promise<Record<string, string>> {
        const home = join(site.t.folder, 'gateway-staging')
        return { ...site.t.settings(B), BREAKWATER_HOME: home, BREAKWATER_ENVIRONMENT: 'staging' }
      }
      test.for(variants)('%s', async ([, make, code]) => {
        // As this account, so that nothing but the setting is in its way.
        expect(await expectRefusal({ settings: await make() })).toContain(code)
      })
    })

    test('no account reads what another program keeps: the sequencer’s key is its own', async () => {
      const names = await readdir(join(site.t.home('sequencer'), 'keys'))
      expect(names.length).toBeGreaterThan(0)
      const account = site.t.account(A)
      if (!account) return
      const read = async (by: Name, path: string): Promise<string> => {
        const own = site.t.account(by)
        return runCommand('cat', [path], own ? { account: own } : {})
      }
      const secret = join(site.t.home('sequencer'), 'keys', names[0] ?? '')
      await expect(read(A, secret)).rejects.toThrow('Permission denied')
      await expect(read('worker', secret)).rejects.toThrow('Permission denied')
      await expect(read('sequencer', join(site.t.home(A), 'own', 'pin'))).rejects.toThrow('Permission denied')
      await expect(read(B, join(site.t.home(A), 'own', 'server.key'))).rejects.toThrow('Permission denied')
      expect((await read('sequencer', secret)).length).toBeGreaterThan(0)
      for (const name of [A, B, 'worker', 'sequencer'] as const) {
        const status = await readFile(`/proc/${site.t.program(name).pid}/status`, 'utf8')
        expect(status).toMatch(new RegExp(`^Uid:\t${site.t.account(name)?.uid}\t`, 'm'))
        expect(status).toMatch(/^CapBnd:\t0+$/m)
        expect(status).toMatch(/^NoNewPrivs:\t1$/m)
      }
    })

    test('nothing crosses and nothing is ready before two people administer', async () => {
      const ready = async (): Promise<string> =>
        (await site.t.client(B).send('/readyz', { method: 'GET' })).body.toString()
      expect(await ready()).toContain('setup.incomplete')
      site.ana = openBrowser(site.t.client(A), site.t.publicUrl)
      expect((await site.ana.enrol(await readBootstrapLink(site.t.home(A)))).status).toBe(204)
      await expect(readBootstrapLink(site.t.home(B))).rejects.toThrow('resource.conflict')
      const token = await site.addService('app', 'application')
      await waitFor(async () => (await site.whoami(B, token)) === 200)
      expect((await site.cross(B, token)).json).toMatchObject({ error: { code: 'setup.incomplete' } })
      const { url } = await site.ask(site.ana, 'POST', '/api/v1/invitations', { name: 'ben', roles: ['administrator'] })
      site.ben = openBrowser(site.t.client(B), site.t.publicUrl)
      expect((await site.ben.enrol(url)).status).toBe(204)
      await waitFor(async () => !(await ready()).includes('setup.incomplete'))
    })

    describeReplicas(() => site)

    test('breakwater doctor finds nothing to fail, as the gateway’s own account (MO-04, GW-17)', async () => {
      const account = site.t.account(A)
      const args = ['--conditions=breakwater-source', CLI, 'doctor', '--json']
      const env = { ...site.t.settings(A), CI: '' }
      const told = await runCommand(process.execPath, args, { env, ...(account && { account }) })
      const { findings }: { findings: { check: string; level: string; told: string }[] } = JSON.parse(told)
      expect(findings.filter(({ level }) => level === 'fail')).toEqual([])
      expect(findings).toContainEqual({
        check: 'database TLS',
        level: 'ok',
        told: 'TLS 1.3 with a certificate at both ends',
      })
      await site.t.cluster.sql('alter table providers no force row level security')
      await expect(runCommand(process.execPath, args, { env, ...(account && { account }) })).rejects.toThrow('failed')
      await site.t.cluster.sql('alter table providers force row level security')
    })

    test('the log of it all verifies', async () => {
      for (const name of [A, B, 'worker', 'sequencer'] as const) await site.t.stop(name)
      const kinds = new Set<string>()
      const home = site.t.home('sequencer')
      const verdict = await verifyLog({
        reader: createFileReader(join(home, 'log')),
        vkey: (await readFile(join(home, 'log.vkey'), 'utf8')).trim(),
        onEntry: (_index, { kind }) => kinds.add(kind),
      })
      expect(verdict).toMatchObject({ ok: true })
      for (const kind of ['account.enrolled', 'policy.activated', 'key.rotated', 'token.revoked'])
        expect(kinds).toContain(kind)
      const tenants = await site.t.cluster.sql("select count(*) from ledger_entries where kind = 'tenant.created'")
      expect(tenants).toBe('1')
    })
  },
)
