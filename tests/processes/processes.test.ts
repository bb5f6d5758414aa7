import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFileReader, verifyLog } from '@breakwater/ledger/verify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from '@breakwater/server/testing'
import type { ModelServer } from '../support/model-server.ts'
import { startModelServer } from '../support/model-server.ts'
import { makeAuthority } from './certificates.ts'
import { runCommand } from './commands.ts'
import { openBrowser, readBootstrapLink } from './people.ts'
import { expectRefusal } from './program.ts'
import type { GatewayName, Name, Topology } from './topology.ts'
import { askAsStranger, many } from './strangers.ts'
import { CLI, findMissing, makeTopology } from './topology.ts'

const missing = findMissing()
const isSkipped = missing.length > 0 && process.env['CI'] === undefined
const [A, B] = ['gateway-a', 'gateway-b'] as const
const YEAR_MS = 365 * 86_400_000
const WITHIN_MS = 5_000
const ROUNDS = 8
const POLL_MS = 25
const NOTE = 'Summarise: Mr. Jonas Falkner, MRN 00482913, came in with chest pain.'

interface Reply {
  readonly status: number
  readonly json: Json
}

/** As much of an answer as these tests look at; what is not there fails the expectation. */
interface Json {
  readonly id: string
  readonly token: string
  readonly sha256: string
  readonly url: string
  readonly error: { readonly code: string }
  readonly choices: readonly [{ readonly message: { readonly content: string } }]
  readonly keyring: readonly { readonly label: string; readonly currentVersion: number }[]
  readonly policies: Readonly<Record<string, string>>
  readonly draft: { readonly sha256: string }
  readonly results: readonly { readonly isPassed: boolean }[]
}

// One installation, lived through: each test begins where the one before ended.
describe.skipIf(isSkipped)(
  `programs under accounts of their own${isSkipped ? ` [not installed: ${missing.join(', ')}]` : ''}`,
  { timeout: 60_000 },
  () => {
    let t: Topology
    let model: ModelServer
    let ana: Browser
    let ben: Browser

    beforeAll(async () => {
      t = await makeTopology()
      model = await startModelServer()
      // Both gateways at once: neither trips over what the other makes.
      await Promise.all((['sequencer', 'worker', A, B] as const).map(async (name) => t.start(name)))
    }, 120_000)
    afterAll(async () => {
      await model?.stop()
      await t?.close()
    }, 60_000)

    async function call(
      name: GatewayName,
      token: string,
      method: string,
      path: string,
      body?: unknown,
    ): Promise<Reply> {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const answer = await t.client(name).send(path, { method, headers, body: body ? JSON.stringify(body) : '' })
      const text = answer.body.toString()
      return { status: answer.status, json: text.startsWith('{') ? JSON.parse(text) : {} }
    }

    async function ask(browser: Browser, method: string, path: string, body?: unknown): Promise<Json> {
      const answer = await browser.call(method, path, body)
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return JSON.parse(text === '' ? '{}' : text)
    }

    /** A service with a key that is good from this machine. */
    async function addService(id: string, role: string): Promise<string> {
      const service = { kind: 'service', roles: [role], mayRestore: role === 'application' }
      const purposes = role === 'application' ? ['TREAT'] : []
      const usual = role === 'application' ? { defaultPurpose: 'TREAT' } : {}
      await ask(ana, 'PUT', `/api/v1/principals/${id}`, { ...service, purposes, ...usual })
      return (await issue(id)).token
    }

    async function issue(id: string): Promise<{ token: string; sha256: string }> {
      const bounds = { ranges: ['127.0.0.0/8'], reason: 'client-without-oauth' }
      return ask(ana, 'POST', `/api/v1/principals/${id}/tokens`, bounds)
    }

    const whoami = async (name: GatewayName, token: string): Promise<number> =>
      (await call(name, token, 'GET', '/api/v1/whoami')).status

    async function cross(name: GatewayName, token: string, model = 'echo'): Promise<Reply> {
      const messages = [{ role: 'user', content: NOTE }]
      return call(name, token, 'POST', '/v1/chat/completions', { model, messages })
    }

    /** Milliseconds until it holds. */
    async function waitFor(holds: () => Promise<boolean>): Promise<number> {
      const startedMs = performance.now()
      while (!(await holds())) {
        if (performance.now() - startedMs > WITHIN_MS) throw new Error('not within 5 s')
        await sleep(POLL_MS)
      }
      return performance.now() - startedMs
    }

    function print(what: string, samples: readonly number[]): void {
      const sorted = samples.toSorted((a, b) => a - b)
      const at = (share: number): string => (sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(0)
      process.stdout.write(`${what}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${samples.length} samples\n`)
    }

    describe('the database', () => {
      const connect = async (role: string, rest: string): Promise<string> => {
        const to = `host=localhost port=${t.cluster.port} dbname=breakwater user=${role} ${rest}`
        return runCommand('psql', ['-X', '-A', '-t', '-c', 'select current_user', to])
      }
      const prove = ({ certFile, keyFile }: { certFile: string; keyFile: string }): string =>
        `sslmode=verify-full sslrootcert=${t.authority.caFile} sslcert=${certFile} sslkey=${keyFile}`

      test('takes nobody without a certificate, with a foreign one, or with that of another program (EN-10)', async () => {
        const foreign = await makeAuthority(t.folder, 'foreign')
        const own = await t.authority.issue('gateway')
        expect(await connect('gateway', prove(own))).toBe('gateway\n')
        await expect(connect('sequencer', prove(own))).rejects.toThrow('certificate authentication failed')
        await expect(connect('gateway', prove(await foreign.issue('gateway')))).rejects.toThrow('unknown ca')
        const withoutOne = `sslmode=verify-full sslrootcert=${t.authority.caFile} sslcert=/nowhere`
        await expect(connect('gateway', withoutOne)).rejects.toThrow('requires a valid client certificate')
        await expect(connect('gateway', 'sslmode=disable')).rejects.toThrow('no pg_hba.conf entry')
      })

      test('lets a gateway be neither sequencer nor owner', async () => {
        const sql = async (text: string): Promise<string> => {
          const to = `host=localhost port=${t.cluster.port} dbname=breakwater user=gateway ${prove(await t.authority.issue('gateway'))}`
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
        return Object.fromEntries(Object.entries(t.settings(B)).filter(([name]) => name !== setting))
      }
      async function useForeign(): Promise<Record<string, string>> {
        const foreign = await makeAuthority(t.folder, 'other')
        const { certFile, keyFile } = await foreign.issue('gateway')
        return {
          ...t.settings(B),
          BREAKWATER_HOME: join(t.folder, 'gateway-foreign'),
          BREAKWATER_DATABASE_CERT_FILE: certFile,
          BREAKWATER_DATABASE_KEY_FILE: keyFile,
        }
      }
      async function useEnvironment(): Promise<Record<string, string>> {
        const home = join(t.folder, 'gateway-staging')
        return { ...t.settings(B), BREAKWATER_HOME: home, BREAKWATER_ENVIRONMENT: 'staging' }
      }
      test.for(variants)('%s', async ([, make, code]) => {
        // As this account, so that nothing but the setting is in its way.
        expect(await expectRefusal({ settings: await make() })).toContain(code)
      })
    })

    test('no account reads what another program keeps: the sequencer’s key is its own', async () => {
      const names = await readdir(join(t.home('sequencer'), 'keys'))
      expect(names.length).toBeGreaterThan(0)
      const account = t.account(A)
      if (!account) return
      const read = async (by: Name, path: string): Promise<string> => {
        const own = t.account(by)
        return runCommand('cat', [path], own ? { account: own } : {})
      }
      const secret = join(t.home('sequencer'), 'keys', names[0] ?? '')
      await expect(read(A, secret)).rejects.toThrow('Permission denied')
      await expect(read('worker', secret)).rejects.toThrow('Permission denied')
      await expect(read('sequencer', join(t.home(A), 'own', 'pin'))).rejects.toThrow('Permission denied')
      await expect(read(B, join(t.home(A), 'own', 'server.key'))).rejects.toThrow('Permission denied')
      expect((await read('sequencer', secret)).length).toBeGreaterThan(0)
      for (const name of [A, B, 'worker', 'sequencer'] as const) {
        const status = await readFile(`/proc/${t.program(name).pid}/status`, 'utf8')
        expect(status).toMatch(new RegExp(`^Uid:\t${t.account(name)?.uid}\t`, 'm'))
        expect(status).toMatch(/^CapBnd:\t0+$/m)
        expect(status).toMatch(/^NoNewPrivs:\t1$/m)
      }
    })

    test('nothing crosses and nothing is ready before two people administer', async () => {
      const ready = async (): Promise<string> => (await t.client(B).send('/readyz', { method: 'GET' })).body.toString()
      expect(await ready()).toContain('setup.incomplete')
      ana = openBrowser(t.client(A), t.publicUrl)
      expect((await ana.enrol(await readBootstrapLink(t.home(A)))).status).toBe(204)
      await expect(readBootstrapLink(t.home(B))).rejects.toThrow('resource.conflict')
      const token = await addService('app', 'application')
      await waitFor(async () => (await whoami(B, token)) === 200)
      expect((await cross(B, token)).json).toMatchObject({ error: { code: 'setup.incomplete' } })
      const { url } = await ask(ana, 'POST', '/api/v1/invitations', { name: 'ben', roles: ['administrator'] })
      ben = openBrowser(t.client(B), t.publicUrl)
      expect((await ben.enrol(url)).status).toBe(204)
      await waitFor(async () => !(await ready()).includes('setup.incomplete'))
    })

    test('an API key issued on one gateway is good on the other, revoked it is refused within five seconds (AC-05)', async () => {
      const issued: number[] = []
      const revoked: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const { token, sha256 } = await issue('app')
        issued.push(await waitFor(async () => (await whoami(B, token)) === 200))
        await ask(ana, 'POST', `/api/v1/principals/app/tokens/${sha256}/revoke`)
        revoked.push(await waitFor(async () => (await whoami(B, token)) !== 200))
      }
      print('API key accepted by the other gateway', issued)
      print('API key refused by the other gateway', revoked)
    })

    test('a session of one gateway is one of the other, and ended it is over on both within five seconds (AC-04)', async () => {
      const samples: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const onA = openBrowser(t.client(A), t.publicUrl, ana)
        onA.cookies.clear()
        expect((await onA.signInByPasskey()).status).toBe(204)
        const onB = openBrowser(t.client(B), t.publicUrl, onA)
        await waitFor(async () => (await onB.call('GET', '/api/v1/whoami')).status === 200)
        expect((await onA.call('POST', '/api/v1/session/end')).status).toBe(204)
        samples.push(await waitFor(async () => (await onB.call('GET', '/api/v1/whoami')).status !== 200))
      }
      print('session refused by the other gateway', samples)
    })

    test('a grant holds on both gateways, and ended on neither (AC-08)', async () => {
      const token = await addService('reader', 'application')
      const read = async (): Promise<number> => (await call(B, token, 'GET', '/api/v1/ledger/entries')).status
      await waitFor(async () => (await read()) === 403)
      const { id } = await ask(ana, 'POST', '/api/v1/access-requests', {
        beneficiary: 'reader',
        roles: ['auditor'],
        seconds: 600,
        reason: 'audit',
        justification: 'yearly look at the log of this service',
      })
      const onA = openBrowser(t.client(A), t.publicUrl, ben)
      const grant = await ask(onA, 'POST', `/api/v1/access-requests/${id}/approve`)
      await waitFor(async () => (await read()) === 200)
      await ask(onA, 'POST', `/api/v1/grants/${grant.id}/end`)
      print('grant ended on the other gateway', [await waitFor(async () => (await read()) === 403)])
    })

    test('a policy set activated on one gateway decides on the other within five seconds (AC-06)', async () => {
      const token = await addService('looker', 'auditor')
      const read = async (): Promise<number> => (await call(B, token, 'GET', '/api/v1/ledger/entries')).status
      await waitFor(async () => (await read()) === 200)
      const active = await ask(ana, 'GET', '/api/v1/policy/active')
      const policies = Object.entries(active.policies).map(([id, text]) => ({ id, text }))
      const audits = (expected: string, opposite: string): readonly object[] => [
        { name: 'whether auditors audit', principal: { roles: ['auditor'] }, action: 'readLedger', expect: expected },
        {
          name: 'key administrators',
          principal: { roles: ['key-administrator'] },
          action: opposite === 'allow' ? 'manageKeys' : 'readLedger',
          expect: opposite,
        },
      ]
      const activate = async (
        set: readonly { id: string; text: string }[],
        about: readonly object[],
      ): Promise<void> => {
        const { draft, results } = await ask(ana, 'POST', '/api/v1/policy/drafts', { policies: set, cases: about })
        expect(results.filter(({ isPassed }) => !isPassed)).toEqual([])
        await ben.stepUpByPasskey()
        await ask(ben, 'POST', `/api/v1/policy/drafts/${draft.sha256}/approve`)
        await ana.stepUpByPasskey()
        await ask(ana, 'POST', `/api/v1/policy/drafts/${draft.sha256}/activate`)
      }
      await activate(
        policies.filter(({ id }) => id !== 'auditor-reads-ledger'),
        audits('deny', 'allow'),
      )
      print('policy set activated on the other gateway', [await waitFor(async () => (await read()) === 403)])
      await activate(policies, audits('allow', 'deny'))
      await waitFor(async () => (await read()) === 200)
    })

    test('a value has one token in a conversation, on both gateways, after a restart, and across a rotation (EN-06)', async () => {
      await ask(ana, 'PUT', '/api/v1/providers/model-server', {
        kind: 'openai-compatible',
        baseUrl: model.baseUrl,
        isInternal: true,
        allowedAddresses: ['127.0.0.1'],
        models: ['echo'],
      })
      await ask(ana, 'PUT', '/api/v1/agreements/model-server', {
        kind: 'internal',
        provider: 'model-server',
        endpoints: ['chat.completions'],
        models: ['*'],
        purposes: ['TREAT'],
        effectiveFrom: new Date(Date.now() - YEAR_MS).toISOString(),
        effectiveTo: new Date(Date.now() + YEAR_MS).toISOString(),
      })
      const { token } = await issue('app')
      await waitFor(async () => (await cross(B, token)).status === 200)
      const read = async (name: GatewayName): Promise<string> => {
        const before = model.arrivals.length
        const { status, json } = await cross(name, token)
        expect(status).toBe(200)
        expect(json.choices[0].message.content).toBe(NOTE)
        const sent = model.arrivals[before]?.body ?? ''
        expect(sent).not.toContain('Falkner')
        return sent
      }
      const first = await read(A)
      expect(await read(B)).toBe(first)
      await t.stop(B)
      await t.start(B)
      expect(await read(B)).toBe(first)

      const keeper = await addService('keeper', 'key-administrator')
      await waitFor(async () => (await whoami(B, keeper)) === 200)
      const version = async (name: GatewayName): Promise<number | undefined> =>
        (await call(name, keeper, 'GET', '/api/v1/keys')).json.keyring.find(({ label }) => label === 'tokens')
          ?.currentVersion
      expect([await version(A), await version(B)]).toEqual([1, 1])
      expect((await call(A, keeper, 'POST', '/api/v1/keys/keyring/rotate', { label: 'tokens' })).status).toBe(204)
      print('rotated keyring on the other gateway', [await waitFor(async () => (await version(B)) === 2)])
      const after = await read(A)
      expect(after).not.toBe(first)
      expect(await read(B)).toBe(after)
    })

    test('a freeze on one gateway stops the other within five seconds, and two people end it (MO-02)', async () => {
      const { token } = await issue('app')
      const status = async (): Promise<string> => {
        const { status: code, json } = await cross(B, token)
        return code === 200 ? 'crossed' : json.error.code
      }
      await waitFor(async () => (await status()) === 'crossed')
      const target = { scope: 'tenant' }
      const { id } = await ask(ana, 'POST', '/api/v1/freezes', { reason: 'drill', target })
      print('freeze on the other gateway', [await waitFor(async () => (await status()) === 'egress.frozen')])
      await ask(ana, 'POST', `/api/v1/freezes/${id}/propose-lift`)
      await ask(ben, 'POST', `/api/v1/freezes/${id}/lift`)
      await waitFor(async () => (await status()) === 'crossed')
    })

    test('breakwater doctor finds nothing to fail, as the gateway’s own account (MO-04, GW-17)', async () => {
      const account = t.account(A)
      const args = ['--conditions=breakwater-source', CLI, 'doctor', '--json']
      const env = { ...t.settings(A), CI: '' }
      const told = await runCommand(process.execPath, args, { env, ...(account && { account }) })
      const { findings }: { findings: { check: string; level: string; told: string }[] } = JSON.parse(told)
      expect(findings.filter(({ level }) => level === 'fail')).toEqual([])
      expect(findings).toContainEqual({
        check: 'database TLS',
        level: 'ok',
        told: 'TLS 1.3 with a certificate at both ends',
      })
      await t.cluster.sql('alter table providers no force row level security')
      await expect(runCommand(process.execPath, args, { env, ...(account && { account }) })).rejects.toThrow('failed')
      await t.cluster.sql('alter table providers force row level security')
    })

    describe('refusals of unknown callers', () => {
      const refuse = async (name: GatewayName, from: string): Promise<number> =>
        askAsStranger(t.settings(name)['BREAKWATER_PORT'] ?? '', t.authority.caFile, from)

      test('are limited for an address on both gateways together, and for no other address', async () => {
        const refused = [
          ...(await many(40, async () => refuse(A, '127.0.0.3'))),
          ...(await many(40, async () => refuse(B, '127.0.0.3'))),
        ]
        // Forty are fewer than either gateway lets pass by itself.
        expect(refused.filter((status) => status === 401).length).toBeGreaterThan(60)
        await waitFor(async () => (await refuse(A, '127.0.0.3')) === 429)
        await waitFor(async () => (await refuse(B, '127.0.0.3')) === 429)
        expect(await refuse(A, '127.0.0.4')).toBe(401)
      })

      test('cost one write a second on each gateway, however many they are', async () => {
        const writes = async (): Promise<number> =>
          Number(
            await t.cluster.sql(`select pg_stat_force_next_flush();
            select n_tup_ins + n_tup_upd from pg_stat_user_tables where relname = 'refusal_counts'`),
          )
        const rows = async (): Promise<number> => Number(await t.cluster.sql('select count(*) from ledger_entries'))
        const [before, entries, startedMs] = [await writes(), await rows(), performance.now()]
        for (let burst = 0; burst < 5; burst++) await many(80, async () => refuse(A, '127.0.0.5'))
        await sleep(1_500)
        const seconds = (performance.now() - startedMs) / 1_000
        expect((await writes()) - before).toBeLessThanOrEqual(Math.ceil(seconds) * 2 + 2)
        // The counts of a whole minute are one entry of each gateway; handshakes that broke off, another.
        expect((await rows()) - entries).toBeLessThanOrEqual(Math.ceil(seconds) + 4)
        const kept = await t.cluster.sql("select encode(addresses[1], 'hex') from refusal_counts limit 1")
        expect(kept).toMatch(/^[0-9a-f]{64}$/)
      })
    })

    test('the log of it all verifies', async () => {
      for (const name of [A, B, 'worker', 'sequencer'] as const) await t.stop(name)
      const kinds = new Set<string>()
      const home = t.home('sequencer')
      const verdict = await verifyLog({
        reader: createFileReader(join(home, 'log')),
        vkey: (await readFile(join(home, 'log.vkey'), 'utf8')).trim(),
        onEntry: (_index, { kind }) => kinds.add(kind),
      })
      expect(verdict).toMatchObject({ ok: true })
      for (const kind of ['account.enrolled', 'policy.activated', 'key.rotated', 'token.revoked'])
        expect(kinds).toContain(kind)
      const tenants = await t.cluster.sql("select count(*) from ledger_entries where kind = 'tenant.created'")
      expect(tenants).toBe('1')
    })
  },
)
