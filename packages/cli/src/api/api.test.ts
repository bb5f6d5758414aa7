import { listMandatoryClauses } from '@breakwater/contract'
import { once } from 'node:events'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { rootCertificates } from 'node:tls'
import { invitationSchema } from '@breakwater/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runHere, startCli } from '../testing/cli.ts'
import { createApiClient } from './client.ts'

// One server of the real program, spoken to as the administrator of its machine.
describe.sequential('commands that speak to a server', { timeout: 60_000 }, () => {
  let home = ''
  let url = ''
  let server: ReturnType<typeof startCli>
  const call = async (...args: string[]) => runHere([...args, '--url', url], { environment: { BREAKWATER_HOME: home } })

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'breakwater-cli-home-'))
    server = startCli(['start'], { environment: { BREAKWATER_HOME: home, BREAKWATER_PORT: '0' } })
    let said = ''
    for await (const chunk of server.stdout) {
      said += String(chunk)
      url = /https:\/\/localhost:\d+/.exec(said)?.[0] ?? ''
      if (url !== '') break
    }
  }, 60_000)

  afterAll(async () => {
    server.kill('SIGKILL')
    // As root the cluster lies elsewhere, behind a link.
    await rm(await realpath(join(home, 'postgres')).catch(() => home), { recursive: true, force: true })
    await rm(home, { recursive: true, force: true })
  })

  test('admin bootstrap gives a link for 15 minutes, by a socket that only this account may open', async () => {
    const { code, stdout } = await runHere(['admin', 'bootstrap', '--json'], { environment: { BREAKWATER_HOME: home } })
    expect(code).toBe(0)
    const link = invitationSchema.parse(JSON.parse(stdout))
    expect(link.url).toMatch(/^https:\/\/localhost:\d+\/enrol#bwi_default_[\w-]{43}$/)
    const leftMs = Date.parse(link.expiresAt) - Date.now()
    expect([leftMs > 14 * 60_000, leftMs <= 15 * 60_000]).toEqual([true, true])
    expect((await stat(join(home, 'admin.sock'))).mode & 0o077).toBe(0)
    const elsewhere = await runHere(['admin', 'bootstrap'], { environment: { BREAKWATER_HOME: '/nonexistent' } })
    expect([elsewhere.code, elsewhere.stderr.includes('(provider.failed)')]).toEqual([1, true])
  })

  test('admin invite takes a person who has just shown more than one factor', async () => {
    const { code, stderr } = await call('admin', 'invite', 'second administrator')
    expect(code).toBe(1)
    expect(stderr).toContain('(auth.step-up-required)')
    expect(stderr).toContain('breakwater login')
  })

  test('a provider is put, shown, listed and disabled', async () => {
    const put = ['provider', 'put', 'ward-llm', '--base-url', 'https://10.0.0.5:8000/v1', '--internal', '--model', 'm']
    const lacking = await call(...put)
    expect(lacking.code).toBe(2)
    expect(lacking.stderr).toContain('--address (an internal provider is reached at listed addresses only)')
    expect(await call(...put, '--address', '10.0.0.5')).toMatchObject({ code: 0, stdout: 'recorded, version 1\n' })
    expect((await call('provider', 'show', 'ward-llm')).stdout).toMatch(/^id +ward-llm\nversion +1\n/)
    expect((await call('provider', 'disable', 'ward-llm')).code).toBe(0)
    const { stdout } = await call('provider', 'list', '--json')
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ id: 'ward-llm', isDisabled: true }))
    expect((await call('provider', 'list')).stdout).toMatch(/ward-llm +1 +openai-compatible +disabled/)
  })

  test('a contract is told what it lacks, and stays a draft until it lacks nothing (VB-01)', async () => {
    const terms = ['--provider', 'demo', '--model', '*', '--purpose', 'TREAT', '--notice-days', '10']
    const times = ['--from', '2020-01-01T00:00:00Z', '--to', '2090-01-01T00:00:00Z']
    const put = ['agreement', 'put', 'contract', ...terms, ...times]
    const refused = await call(...put)
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('permitted-uses')
    const draft = await call(...put, '--draft', '--clause', 'permitted-uses=section 2')
    expect(draft.stdout).toContain('recorded, version 1, a draft\nclauses to come: no-other-use')
    expect((await call('agreement', 'clauses')).stdout).toMatch(/permitted-uses +yes +164\.504\(e\)\(2\)\(i\)/)
    const clauses = CLAUSES_OF_A_CONTRACT.flatMap((clause) => ['--clause', `${clause}=section 2`])
    expect((await call(...put, '--draft', ...clauses)).stdout).toBe('recorded, version 2, a draft\n')
    expect((await call('agreement', 'activate', 'contract')).code).toBe(0)
    expect((await call('agreement', 'list')).stdout).toMatch(/contract +2 +business-associate +in force/)
    await call('agreement', 'terminate', 'contract')
  })

  test('the shipped registry is imported once and listed with what is to be confirmed', async () => {
    expect((await call('vendors', 'import')).code).toBe(2)
    expect((await call('vendors', 'import', '--starter')).stdout).toMatch(/^0 added, 0 changed, \d+ as they were\n/)
    const { stdout } = await call('vendors', 'list', '--vendor', 'anthropic', '--to-confirm')
    expect(stdout).toMatch(/anthropic-tool-web-search +TO CONFIRM +no +anthropic api/)
    expect((await call('vendors', 'confirm', 'hunter2')).code).toBe(2)
  })

  test('an agreement is put, listed and terminated', async () => {
    const terms = ['--kind', 'internal', '--provider', 'demo', '--model', '*', '--purpose', 'TREAT']
    const put = ['agreement', 'put', 'short', ...terms]
    const lacking = await call(...put)
    expect(lacking.code).toBe(2)
    expect(lacking.stderr).toContain('invalid or missing: --from, --to')
    const times = ['--from', '2020-01-01T00:00:00Z', '--to', '2090-01-01T00:00:00Z']
    expect(await call(...put, ...times)).toMatchObject({ code: 0, stdout: 'recorded, version 1\n' })
    expect((await call('agreement', 'list')).stdout).toMatch(/short +1 +internal +in force +demo/)
    expect((await call('agreement', 'terminate', 'short')).code).toBe(0)
    expect((await call('agreement', 'show', 'short')).stdout).toMatch(/terminatedAt/)
  })

  test('a token is issued, works, and is revoked', async () => {
    const { stdout } = await call('token', 'issue', 'app', '--ttl-seconds', '600', '--json')
    const { token, sha256 } = JSON.parse(stdout) as { token: string; sha256: string }
    const client = createApiClient({ baseUrl: url, ca: await readFile(join(home, 'ca.pem'), 'utf8'), token })
    expect(await client.call('whoami')).toMatchObject({ id: 'app' })
    expect((await call('token', 'revoke', 'app', sha256)).code).toBe(0)
    await expect(client.call('whoami')).rejects.toMatchObject({ status: 401 })
  })

  test('access is asked for, and one person alone does not give it', async () => {
    const why = ['--reason', 'maintenance', '--why', 'the log is audited before the upgrade']
    const lacking = await call('access', 'request', '--role', 'auditor', ...why)
    expect(lacking.code).toBe(2)
    expect(lacking.stderr).toContain('--minutes')
    const { stdout } = await call('access', 'request', '--role', 'auditor', '--minutes', '30', ...why, '--json')
    const { id } = JSON.parse(stdout) as { id: string }
    expect((await call('access', 'list')).stdout).toMatch(/waiting +admin +admin +auditor +30 min +maintenance/)
    const approved = await call('access', 'approve', id)
    expect(approved.code).toBe(1)
    expect(approved.stderr).toContain('(access.not-second-person)')
  })

  test('an exception is proposed and listed; a recertification is started and shown', async () => {
    const put = ['exception', 'put', '--kind', 'idle-timeout', '--subject', '*', '--owner', 'admin', '--days', '30']
    expect((await call(...put, '--why', 'wall screens are read from afar')).code).toBe(0)
    expect((await call('exception', 'list')).stdout).toMatch(/proposed +idle-timeout +\* +admin/)
    const due = new Date(Date.now() + 86_400_000).toISOString()
    const start = ['recertification', 'start', '--scope', 'principal', '--due', due, '--json']
    const { stdout } = await call(...start, '--reviewer', 'admin', '--reviewer', 'app')
    const { id } = JSON.parse(stdout) as { id: string }
    expect((await call('recertification', 'show', id)).stdout).toMatch(/waiting +principal +admin +administrator/)
    expect((await call('break-glass', 'list')).stdout).toBe('nobody has broken the glass\n')
  })

  test('a dry run says what a freeze would stop; the freeze stops it, and lifting takes a proposal', async () => {
    expect((await call('freeze')).stderr).toContain('one of --all, --tenant, --provider ID')
    const dry = await call('freeze', '--provider', 'demo', '--dry-run')
    expect(dry.stdout).toMatch(/provider demo: nothing was frozen[^]*demo +demo +would stop[^]*0 crossings under way/)
    expect((await call('freeze', 'list')).stdout).toBe('nothing was ever frozen\n')
    const { stdout } = await call('freeze', '--provider', 'demo', '--reason', 'drill', '--json')
    const { id } = JSON.parse(stdout) as { id: string }
    expect((await call('freeze', 'list')).stdout).toMatch(/frozen +provider demo +drill +admin/)
    expect((await call('unfreeze', 'approve', id)).stderr).toContain('(resource.conflict)')
    expect((await call('unfreeze', 'propose', id)).code).toBe(0)
    expect(await call('unfreeze', 'approve', id)).toMatchObject({ code: 0, stdout: 'lifted\n' })
  })

  test('a directory gets a token for its own identity provider, and for no other', async () => {
    expect((await call('scim', 'token', 'list')).stdout).toBe('no SCIM tokens\n')
    const refused = await call('scim', 'token', 'issue', 'nobody', '--range', '10.0.0.0/8')
    expect([refused.code, refused.stderr.includes('(resource.unknown)')]).toEqual([1, true])
    const put = await call('scim', 'token', 'issue', 'nobody', '--range', 'everywhere')
    expect([put.code, put.stderr.includes('--range')]).toEqual([2, true])
  })

  test('an actor issuer is put, listed and disabled; the key that signs tokens is rotated', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwks = join(home, 'issuer.json')
    const key = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256' }
    await writeFile(jwks, JSON.stringify({ keys: [key] }))
    const put = ['actor-issuer', 'put', 'ehr', '--issuer', 'https://ehr.example', '--audience', 'breakwater', '--jwks']
    expect(await call(...put, join(home, 'admin.token'))).toMatchObject({ code: 2 })
    expect(await call(...put, jwks)).toMatchObject({ code: 0, stdout: 'recorded\n' })
    expect((await call('actor-issuer', 'list')).stdout).toMatch(/ehr +active +1 +breakwater +https:\/\/ehr\.example/)
    expect((await call('actor-issuer', 'disable', 'ehr')).code).toBe(0)
    expect((await call('actor-issuer', 'list')).stdout).toMatch(/ehr +disabled/)
    const rotated = JSON.parse((await call('token-key', 'rotate', '--json')).stdout)
    expect(rotated).toMatchObject({ kid: expect.any(String), signsFrom: expect.any(String) })
  })

  test('an identity provider is put by a person with a fresh factor only, and listed by an administrator', async () => {
    const file = join(home, 'hospital.json')
    await writeFile(file, JSON.stringify({ label: 'Hospital' }))
    const lacking = await call('identity-provider', 'put', 'hospital', '--file', file)
    expect([lacking.code, lacking.stderr]).toEqual([2, expect.stringContaining('issuer')])
    const record = {
      label: 'Hospital',
      issuer: 'https://idp.hospital.example',
      clientId: 'breakwater',
      clientAuthentication: 'client_secret_basic',
      credentialFile: 'hospital.secret',
      groups: [],
      mfa: { acr: ['urn:mfa'], amr: [] },
      phishingResistant: { acr: [], amr: [] },
    }
    await writeFile(file, JSON.stringify(record))
    const refused = await call('identity-provider', 'put', 'hospital', '--file', file)
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('(auth.step-up-required)')])
    expect(await call('identity-provider', 'list')).toMatchObject({ code: 0, stdout: 'no identity providers\n' })
    expect((await call('identity-provider', 'show', 'hospital')).stderr).toContain('(resource.unknown)')
  })

  test('what the server refuses is told with its code', async () => {
    expect(await call('provider', 'show', 'nobody')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'breakwater: no such provider (resource.unknown)\n',
    })
  })

  test('the log shows what was done', async () => {
    expect((await call('audit', 'show')).stdout).toMatch(/provider\.disabled +allow +admin +ward-llm/)
    const { stdout } = await call('audit', 'show', '--after', '0', '--limit', '1', '--json')
    expect(JSON.parse(stdout)).toMatchObject([{ index: 1 }])
  })

  test('what is kept is read masked by who was given it; somebody else is told what to do next (GW-09)', async () => {
    expect((await call('kept', 'on', 'everything')).stderr).toContain('KIND is one of: history, feedback, evaluation')
    const on = ['--purpose', 'HOPERAT', '--days', '7', '--reason', 'quality-review']
    expect(await call('kept', 'on', 'history', ...on)).toMatchObject({ code: 0 })
    const refused = await call('kept', 'history', 'list', '--purpose', 'HOPERAT')
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('\nnext: log in as somebody')])

    const ca = await readFile(join(home, 'ca.pem'), 'utf8')
    const admin = createApiClient({ baseUrl: url, ca, token: await readFile(join(home, 'admin.token'), 'utf8') })
    const body = { kind: 'service', roles: ['privacy-officer'], purposes: ['HOPERAT'], mayRestore: false }
    await admin.call('putPrincipal', { params: { id: 'overseer' }, body })
    const issueTo = async (id: string): Promise<string> => {
      const { stdout } = await call('token', 'issue', id, '--json')
      return (JSON.parse(stdout) as { readonly token: string }).token
    }
    const tokenFile = join(home, 'overseer')
    await writeFile(tokenFile, await issueTo('overseer'), { mode: 0o600 })
    const read = async (...args: string[]) => call('kept', ...args, '--purpose', 'HOPERAT', '--token-file', tokenFile)
    const token = await issueTo('app')
    // A gateway knows within a second that it keeps; then each crossing is there once it was written.
    let listed = ''
    for (const startedMs = performance.now(); !listed.includes('demo') && performance.now() - startedMs < 20_000; ) {
      expect(await cross(url, ca, token)).toBe(200)
      listed = (await read('history', 'list')).stdout
    }
    expect(listed).toMatch(/app +TREAT +demo demo +.*NAME/)
    const [, id = ''] = /^([0-9a-f-]{36}) /m.exec(listed) ?? []
    const shown = await read('history', 'show', id)
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining('chest pain')])
    expect(shown.stdout).not.toContain('Falkner')
    expect((await read('history', 'show', id, '--restored')).stderr).toContain('(policy.denied)')
    expect((await call('kept', 'off', 'history')).code).toBe(0)
    expect((await read('history', 'list')).stderr).toContain('(resource.unknown)')
  })

  test('a server of another authority is not spoken to', async () => {
    const [otherCa = ''] = rootCertificates
    const client = createApiClient({ baseUrl: url, ca: otherCa, token: 'none' })
    await expect(client.call('whoami')).rejects.toMatchObject({ code: 'provider.failed' })
  })

  test('it stops when told to, and its log verifies without it', async () => {
    server.kill('SIGTERM')
    expect(await once(server, 'exit')).toEqual([0, null])
    expect(await call('provider', 'list')).toMatchObject({
      code: 1,
      stderr:
        'breakwater: the server cannot be reached: nothing listens there: is the server running? (provider.failed)\n',
    })
    const { code, stdout } = await runHere(['audit', 'verify', '--json'], { environment: { BREAKWATER_HOME: home } })
    expect({ code, verified: JSON.parse(stdout) }).toMatchObject({ code: 0, verified: { verified: true } })
  })
})

const CLAUSES_OF_A_CONTRACT = listMandatoryClauses({ allowsTraining: false })

describe('config check', { timeout: 30_000 }, () => {
  test('tells which settings are valid, by name only', async () => {
    const environment = { BREAKWATER_PORT: '9443', OTHER: 'x' }
    expect(await runHere(['config', 'check'], { environment })).toMatchObject({
      code: 0,
      stdout: '✓ valid   BREAKWATER_PORT\n',
    })
  })

  test('refuses a bad or unknown one, by name only', async () => {
    const { code, stderr } = await runHere(['config', 'check'], { environment: { BREAKWATER_PORTT: 'SECRET' } })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'breakwater: invalid setting: BREAKWATER_PORTT: no such setting (config.invalid)\n',
    })
  })
})

/** Sends a note with names to the built-in model; its status. */
async function cross(url: string, ca: string, token: string): Promise<number> {
  const content = 'Summarise: Mr. Jonas Falkner, MRN 00482913, came in with chest pain.'
  const sent = request(new URL('/v1/chat/completions', url), {
    method: 'POST',
    ca,
    agent: false,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  sent.end(JSON.stringify({ model: 'demo', messages: [{ role: 'user', content }] }))
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  await once(answer, 'end')
  return answer.statusCode ?? 0
}
