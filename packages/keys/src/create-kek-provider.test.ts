import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createKekProvider, parseKekSettings } from './index.ts'

const KEY_ARN = 'arn:aws:kms:us-east-1:123456789012:key/0d990263-018e-4e65-a703-eff731de951e'
const KEY_URL = `https://hospital.vault.azure.net/keys/kek/${'0'.repeat(32)}`
const KEY_NAME = 'projects/hospital/locations/us-east4/keyRings/breakwater/cryptoKeys/kek'
const ENTRA = { tenantId: 'tenant', clientId: 'client' }

const GOOD = [
  { kind: 'aws-kms', name: 'main', keyArn: KEY_ARN, olderKeyArns: [KEY_ARN], useFips: true, timeoutMs: 2000 },
  { kind: 'azure-key-vault', name: 'main', keyUrl: KEY_URL, credential: { type: 'default' } },
  { kind: 'azure-key-vault', name: 'main', keyUrl: KEY_URL, credential: { type: 'managed-identity' } },
  {
    kind: 'azure-key-vault',
    name: 'main',
    keyUrl: KEY_URL,
    credential: { type: 'workload-identity', ...ENTRA, tokenFile: '/run/token' },
  },
  { kind: 'gcp-kms', name: 'main', keyName: KEY_NAME, credentialsFile: '/run/credentials.json' },
  { kind: 'vault-transit', name: 'main', address: 'https://vault:8200', keyName: 'kek', tokenFile: '/run/token' },
] as const
const SECRET = 'hunter2'

describe('createKekProvider', () => {
  test.for(GOOD)('makes the provider of $kind without asking its service', async (settings) => {
    const provider = await createKekProvider(parseKekSettings(settings), 'production')
    expect(provider).toMatchObject({ kind: settings.kind, name: 'main' })
    expect(provider.describe()).toMatchObject({ environment: 'production', isExtractable: false })
    await provider.close()
  })

  test('a token that is not there is not a provider', async () => {
    const token = { tokenLabel: 'breakwater', pinFile: '/run/pin', keyName: 'kek' }
    const settings = parseKekSettings({ kind: 'pkcs11', name: 'hsm', modulePath: '/nonexistent.so', ...token })
    await expect(createKekProvider(settings, 'production')).rejects.toMatchObject({ code: 'keys.unavailable' })
  })

  test('a key file serves development and is refused in production (AC-12)', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'kek-'))
    const settings = parseKekSettings({ kind: 'local', name: 'local', dir })
    expect((await createKekProvider(settings, 'development')).describe().isExtractable).toBe(true)
    await expect(createKekProvider(settings, 'production')).rejects.toMatchObject({ code: 'keys.environment-refused' })
    await rm(dir, { recursive: true })
  })

  test.for([
    ['a token', { ...GOOD[5], token: SECRET }, 'token'],
    ['an access key', { ...GOOD[0], secretAccessKey: SECRET }, 'secretAccessKey'],
    [
      'a client secret',
      { ...GOOD[1], credential: { type: 'default', clientSecret: SECRET } },
      'credential.clientSecret',
    ],
    ['a credentials object', { ...GOOD[4], credentials: { private_key: SECRET } }, 'credentials'],
    ['an unknown kind', { ...GOOD[0], kind: SECRET }, 'kind'],
    ['no key', { kind: 'aws-kms', name: 'main' }, 'keyArn'],
    ['a deadline of nothing', { ...GOOD[0], timeoutMs: 0 }, 'timeoutMs'],
  ] as const)('settings with %s are refused: the field is named, the value is not', ([, settings, field]) => {
    const refusal = (() => {
      try {
        return parseKekSettings(settings)
      } catch (error) {
        return error
      }
    })()
    expect(refusal).toMatchObject({ code: 'config.invalid' })
    expect(String(refusal)).toMatch(new RegExp(`[ :]${field}$`))
    expect(String(refusal)).not.toContain(SECRET)
  })

  test('every field of the settings stands in docs/keys.md', () => {
    const source = readFileSync(new URL('kek-settings.ts', import.meta.url), 'utf8')
    const fields = Array.from(source.matchAll(/^ {4,8}(\w+): (?:text|z\.)/gm), (match) => match[1] ?? '')
    const docs = readFileSync(new URL('../../../docs/keys.md', import.meta.url), 'utf8')
    expect(fields.length).toBeGreaterThan(10)
    expect(fields.filter((field) => !docs.includes(`\`${field}\``))).toEqual([])
  })

  test('the SDK is loaded with the first call, not at the start', async () => {
    const settings = { ...GOOD[0], credentialsFile: '/nonexistent', endpoint: 'http://127.0.0.1:1' }
    const code = `
      import { registerHooks } from 'node:module'
      let count = 0
      registerHooks({
        resolve(specifier, context, next) {
          const found = next(specifier, context)
          if (/@aws-sdk|@azure|google-auth/.test(found.url)) count += 1
          return found
        },
      })
      const { createKekProvider, parseKekSettings } = await import('./index.ts')
      const provider = await createKekProvider(parseKekSettings(${JSON.stringify(settings)}), 'production')
      const atStart = count
      const { code } = await provider.currentVersion().catch((error) => error)
      process.stdout.write(JSON.stringify({ atStart, later: count > 0, code }))`
    const args = ['--conditions=breakwater-source', '--input-type=module', '--eval', code]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname })
    expect(JSON.parse(stdout)).toEqual({ atStart: 0, later: true, code: 'keys.denied' })
  })
})
