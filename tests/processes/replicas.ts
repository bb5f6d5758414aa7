import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from './people.ts'
import { A, B, NOTE, print, waitFor } from './installation.ts'
import type { Installation } from './installation.ts'
import { askAsStranger, many } from './strangers.ts'
import type { GatewayName } from './topology.ts'

const ROUNDS = 8
const YEAR_MS = 365 * 86_400_000

/** Two gateways of one installation are one gateway: what is done on one holds on the other within five seconds. */
export function describeReplicas(read: () => Installation): void {
  describe('on the other gateway', () => {
    let site: Installation
    beforeAll(() => {
      site = read()
    })

    test('an API key issued on one gateway is good on the other, revoked it is refused within five seconds (AC-05)', async () => {
      const issued: number[] = []
      const revoked: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const { token, sha256 } = await site.issue('app')
        issued.push(await waitFor(async () => (await site.whoami(B, token)) === 200))
        await site.ask(site.ana, 'POST', `/api/v1/principals/app/tokens/${sha256}/revoke`)
        revoked.push(await waitFor(async () => (await site.whoami(B, token)) !== 200))
      }
      print('API key accepted by the other gateway', issued)
      print('API key refused by the other gateway', revoked)
    })

    test('a session of one gateway is one of the other, and ended it is over on both within five seconds (AC-04)', async () => {
      const samples: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const onA = openBrowser(site.t.client(A), site.t.publicUrl, site.ana)
        onA.cookies.clear()
        expect((await onA.signInByPasskey()).status).toBe(204)
        const onB = openBrowser(site.t.client(B), site.t.publicUrl, onA)
        await waitFor(async () => (await onB.call('GET', '/api/v1/whoami')).status === 200)
        expect((await onA.call('POST', '/api/v1/session/end')).status).toBe(204)
        samples.push(await waitFor(async () => (await onB.call('GET', '/api/v1/whoami')).status !== 200))
      }
      print('session refused by the other gateway', samples)
    })

    test('a grant holds on both gateways, and ended on neither (AC-08)', async () => {
      const token = await site.addService('reader', 'application')
      const read = async (): Promise<number> => (await site.call(B, token, 'GET', '/api/v1/ledger/entries')).status
      await waitFor(async () => (await read()) === 403)
      const { id } = await site.ask(site.ana, 'POST', '/api/v1/access-requests', {
        beneficiary: 'reader',
        roles: ['auditor'],
        seconds: 600,
        reason: 'audit',
        justification: 'yearly look at the log of this service',
      })
      const onA = openBrowser(site.t.client(A), site.t.publicUrl, site.ben)
      const grant = await site.ask(onA, 'POST', `/api/v1/access-requests/${id}/approve`)
      await waitFor(async () => (await read()) === 200)
      await site.ask(onA, 'POST', `/api/v1/grants/${grant.id}/end`)
      print('grant ended on the other gateway', [await waitFor(async () => (await read()) === 403)])
    })

    test('a policy set activated on one gateway decides on the other within five seconds (AC-06)', async () => {
      const token = await site.addService('looker', 'auditor')
      const read = async (): Promise<number> => (await site.call(B, token, 'GET', '/api/v1/ledger/entries')).status
      await waitFor(async () => (await read()) === 200)
      const active = await site.ask(site.ana, 'GET', '/api/v1/policy/active')
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
        const { draft, results } = await site.ask(site.ana, 'POST', '/api/v1/policy/drafts', {
          policies: set,
          cases: about,
        })
        expect(results.filter(({ isPassed }) => !isPassed)).toEqual([])
        await site.ben.stepUpByPasskey()
        await site.ask(site.ben, 'POST', `/api/v1/policy/drafts/${draft.sha256}/approve`)
        await site.ana.stepUpByPasskey()
        await site.ask(site.ana, 'POST', `/api/v1/policy/drafts/${draft.sha256}/activate`)
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
      await site.ask(site.ana, 'PUT', '/api/v1/providers/model-server', {
        kind: 'openai-compatible',
        baseUrl: site.model.baseUrl,
        isInternal: true,
        allowedAddresses: ['127.0.0.1'],
        models: ['echo'],
      })
      await site.ask(site.ana, 'PUT', '/api/v1/agreements/model-server', {
        kind: 'internal',
        provider: 'model-server',
        endpoints: ['chat.completions'],
        models: ['*'],
        purposes: ['TREAT'],
        effectiveFrom: new Date(Date.now() - YEAR_MS).toISOString(),
        effectiveTo: new Date(Date.now() + YEAR_MS).toISOString(),
      })
      const { token } = await site.issue('app')
      await waitFor(async () => (await site.cross(B, token)).status === 200)
      const read = async (name: GatewayName): Promise<string> => {
        const before = site.model.arrivals.length
        const { status, json } = await site.cross(name, token)
        expect(status).toBe(200)
        expect(json.choices[0].message.content).toBe(NOTE)
        const sent = site.model.arrivals[before]?.body ?? ''
        expect(sent).not.toContain('Falkner')
        return sent
      }
      const first = await read(A)
      expect(await read(B)).toBe(first)
      await site.t.stop(B)
      await site.t.start(B)
      expect(await read(B)).toBe(first)

      const keeper = await site.addService('keeper', 'key-administrator')
      await waitFor(async () => (await site.whoami(B, keeper)) === 200)
      const version = async (name: GatewayName): Promise<number | undefined> =>
        (await site.call(name, keeper, 'GET', '/api/v1/keys')).json.keyring.find(({ label }) => label === 'tokens')
          ?.currentVersion
      expect([await version(A), await version(B)]).toEqual([1, 1])
      expect((await site.call(A, keeper, 'POST', '/api/v1/keys/keyring/rotate', { label: 'tokens' })).status).toBe(204)
      print('rotated keyring on the other gateway', [await waitFor(async () => (await version(B)) === 2)])
      const after = await read(A)
      expect(after).not.toBe(first)
      expect(await read(B)).toBe(after)
    })

    test('a freeze on one gateway stops the other within five seconds, and two people end it', async () => {
      const { token } = await site.issue('app')
      const status = async (): Promise<string> => {
        const { status: code, json } = await site.cross(B, token)
        return code === 200 ? 'crossed' : json.error.code
      }
      await waitFor(async () => (await status()) === 'crossed')
      const target = { scope: 'tenant' }
      const { id } = await site.ask(site.ana, 'POST', '/api/v1/freezes', { reason: 'drill', target })
      print('freeze on the other gateway', [await waitFor(async () => (await status()) === 'egress.frozen')])
      await site.ask(site.ana, 'POST', `/api/v1/freezes/${id}/propose-lift`)
      await site.ask(site.ben, 'POST', `/api/v1/freezes/${id}/lift`)
      await waitFor(async () => (await status()) === 'crossed')
    })

    describe('refusals of unknown callers', () => {
      const refuse = async (name: GatewayName, from: string): Promise<number> =>
        askAsStranger(site.t.settings(name)['BREAKWATER_PORT'] ?? '', site.t.authority.caFile, from)

      test('are limited for an address on both gateways together, and for no other address', async () => {
        const refused = [
          ...(await many(40, async () => refuse(A, '127.0.0.3'))),
          ...(await many(40, async () => refuse(B, '127.0.0.3'))),
        ]
        // Sixty pass; more, as long as neither gateway knows what the other counted.
        expect(refused.filter((status) => status === 401).length).toBeGreaterThanOrEqual(60)
        await waitFor(async () => (await refuse(A, '127.0.0.3')) === 429)
        await waitFor(async () => (await refuse(B, '127.0.0.3')) === 429)
        expect(await refuse(A, '127.0.0.4')).toBe(401)
      })

      test('cost one write a second on each gateway, however many they are', async () => {
        const writes = async (): Promise<number> =>
          Number(
            await site.t.cluster.sql(`select pg_stat_force_next_flush();
          select n_tup_ins + n_tup_upd from pg_stat_user_tables where relname = 'refusal_counts'`),
          )
        const rows = async (): Promise<number> =>
          Number(await site.t.cluster.sql('select count(*) from ledger_entries'))
        const [before, entries, startedMs] = [await writes(), await rows(), performance.now()]
        for (let burst = 0; burst < 5; burst++) await many(80, async () => refuse(A, '127.0.0.5'))
        await sleep(1_500)
        const seconds = (performance.now() - startedMs) / 1_000
        expect((await writes()) - before).toBeLessThanOrEqual(Math.ceil(seconds) * 2 + 2)
        // The counts of a whole minute are one entry of each gateway; handshakes that broke off, another.
        expect((await rows()) - entries).toBeLessThanOrEqual(Math.ceil(seconds) + 4)
        const kept = await site.t.cluster.sql("select encode(addresses[1], 'hex') from refusal_counts limit 1")
        expect(kept).toMatch(/^[0-9a-f]{64}$/)
      })
    })
  })
}
