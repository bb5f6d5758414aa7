import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pkcs11js from 'pkcs11js'
import { describe, expect, test as base } from 'vitest'
import { createKekProvider } from '../../create-kek-provider.ts'
import { parseKekSettings } from '../../kek-settings.ts'
import { describeKekContract } from '../../testing/kek-contract.ts'
import type { KekFault } from '../../testing/kek-contract.ts'
import { createPkcs11KekProvider } from './pkcs11-kek.ts'
import { openPkcs11Admin } from './pkcs11-admin.ts'
import { loadPkcs11 } from './library.ts'
import type { Pkcs11Library } from './library.ts'
import type { Pkcs11TokenOptions } from './token.ts'

const MODULE =
  ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'].find((path) =>
    existsSync(path),
  ) ?? '/usr/lib/softhsm/libsofthsm2.so'
// oxlint-disable-next-line node/no-process-env -- in CI an absent part is a failure, not a reason to skip
const isMissing = !existsSync(MODULE) && process.env['CI'] === undefined
const PIN = '482916'
const SO_PIN = '73519264'

interface Token {
  readonly options: Pkcs11TokenOptions
  readonly remove: () => Promise<void>
}

/** A new token, and its PIN in a file. */
async function makeToken(environment: Pkcs11TokenOptions['environment'] = 'test'): Promise<Token> {
  const dir = await mkdtemp(join(tmpdir(), 'token-'))
  const pinFile = join(dir, 'pin')
  await writeFile(pinFile, `${PIN}\n`, { mode: 0o600 })
  loadPkcs11(MODULE)
  const library = new pkcs11js.PKCS11()
  library.load(MODULE)
  const tokenLabel = `t-${crypto.randomUUID().slice(0, 20)}`
  const free = library.C_GetSlotList(false).at(-1) ?? Buffer.of()
  library.C_InitToken(free, SO_PIN, tokenLabel.padEnd(32))
  const slot = library.C_GetSlotList(true).find((each) => library.C_GetTokenInfo(each).label.startsWith(tokenLabel))
  const session = library.C_OpenSession(slot ?? free, pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION)
  library.C_Login(session, pkcs11js.CKU_SO, SO_PIN)
  library.C_InitPIN(session, PIN)
  library.C_Logout(session)
  library.C_CloseSession(session)
  return {
    options: { modulePath: MODULE, tokenLabel, pinFile, keyName: 'kek', environment },
    remove: async () => rm(dir, { recursive: true }),
  }
}

const ANSWERS: Readonly<Partial<Record<KekFault, number>>> = {
  throttled: pkcs11js.CKR_SESSION_COUNT,
  denied: pkcs11js.CKR_USER_NOT_LOGGED_IN,
  unreachable: pkcs11js.CKR_DEVICE_REMOVED,
}

/** The real library, of which one function can be made to fail as tokens do. */
function makeFaulty(library: Pkcs11Library): Pkcs11Library & { fault: KekFault | undefined } {
  const faulty = { fault: undefined as KekFault | undefined }
  const answer = async (work: () => Promise<Buffer>): Promise<Buffer> => {
    if (faulty.fault === 'stalled') return new Promise(() => undefined)
    if (faulty.fault === 'garbage') return Buffer.from('garbage')
    return work()
  }
  return new Proxy(library, {
    get(target, name: keyof Pkcs11Library | 'fault') {
      if (name === 'fault') return faulty.fault
      if (name === 'C_OpenSession') {
        return (...input: Parameters<Pkcs11Library['C_OpenSession']>) => {
          const code = faulty.fault && ANSWERS[faulty.fault]
          if (code !== undefined) throw new pkcs11js.Pkcs11Error('injected', code)
          return target.C_OpenSession(...input)
        }
      }
      if (name === 'C_DecryptAsync') {
        return async (...input: [Buffer, Buffer, Buffer]) => answer(async () => target.C_DecryptAsync(...input))
      }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
    set(_target, name, value) {
      if (name === 'fault') faulty.fault = value
      return name === 'fault'
    },
  }) as Pkcs11Library & { fault: KekFault | undefined }
}

describe.skipIf(isMissing)(`PKCS#11 on SoftHSM${isMissing ? ' [softhsm2 is not installed]' : ''}`, () => {
  describeKekContract('PKCS#11', {
    async open() {
      const token = await makeToken()
      const admin = await openPkcs11Admin(token.options)
      await admin.rotate()
      const library = makeFaulty(loadPkcs11(MODULE))
      const provider = await createPkcs11KekProvider({ ...token.options, timeoutMs: 300 }, library)
      return {
        provider,
        rotate: async () => void (await admin.rotate()),
        disable: async (version) => admin.disable(version),
        enable: async (version) => admin.enable(version),
        destroy: async (version) => admin.destroy(version),
        async inject(fault) {
          library.fault = fault
        },
        async heal() {
          library.fault = undefined
        },
        async close() {
          admin.close()
          await token.remove()
        },
      }
    },
  })

  const test = base.extend<{ token: Token }>({
    // oxlint-disable-next-line no-empty-pattern -- vitest reads the names out of the pattern
    token: async ({}, use) => {
      const token = await makeToken()
      const admin = await openPkcs11Admin(token.options)
      await admin.rotate()
      await use(token)
      admin.close()
      await token.remove()
    },
  })

  describe('a key on a token (EN-05)', () => {
    test('cannot be read: its value is sensitive, and never was outside', async ({ token: { options } }) => {
      const provider = await createPkcs11KekProvider(options)
      expect(provider.describe()).toMatchObject({ isExtractable: false, bindsContext: true })
      const library = new pkcs11js.PKCS11()
      library.load(MODULE)
      const slot = library
        .C_GetSlotList(true)
        .find((each) => library.C_GetTokenInfo(each).label.startsWith(options.tokenLabel))
      const session = library.C_OpenSession(slot ?? Buffer.of(), pkcs11js.CKF_SERIAL_SESSION)
      library.C_FindObjectsInit(session, [{ type: pkcs11js.CKA_LABEL, value: 'breakwater/test/kek' }])
      const [key = Buffer.of()] = library.C_FindObjects(session, 1)
      library.C_FindObjectsFinal(session)
      const read = (): unknown => library.C_GetAttributeValue(session, key, [{ type: pkcs11js.CKA_VALUE }])
      expect(read).toThrow('CKR_ATTRIBUTE_SENSITIVE')
      library.C_CloseSession(session)
      await provider.close()
    })

    test('that can be copied is reported as such, so that production refuses it', async ({ token: { options } }) => {
      const library = loadPkcs11(MODULE)
      const lax: Pkcs11Library = new Proxy(library, {
        get: (target, name: keyof Pkcs11Library) =>
          name === 'C_GenerateKey'
            ? (session: Buffer, mechanism: pkcs11js.Mechanism, template: pkcs11js.Template) =>
                target.C_GenerateKey(
                  session,
                  mechanism,
                  template.map((each) => (each.type === pkcs11js.CKA_EXTRACTABLE ? { ...each, value: true } : each)),
                )
            : (Reflect.get(target, name) as () => unknown).bind(target),
      })
      const admin = await openPkcs11Admin(options, lax)
      await admin.rotate()
      const provider = await createPkcs11KekProvider(options)
      expect(provider.describe().isExtractable).toBe(true)
      admin.close()
      await provider.close()
    })

    test('of another environment cannot even be named (AC-12)', async ({ token: { options } }) => {
      await expect(createPkcs11KekProvider({ ...options, environment: 'production' })).rejects.toMatchObject({
        code: 'keys.destroyed',
      })
    })

    test('is opened by settings that hold the PIN’s file, never the PIN', async ({ token: { options } }) => {
      const { environment, ...rest } = options
      const settings = { kind: 'pkcs11', name: 'hsm', ...rest }
      const provider = await createKekProvider(parseKekSettings(settings), environment)
      expect([provider.name, await provider.currentVersion()]).toEqual(['hsm', '1'])
      await provider.close()
      expect(() => parseKekSettings({ ...settings, pin: PIN })).toThrow(
        expect.objectContaining({ code: 'config.invalid' }),
      )
    })

    test('wraps for many callers at once', async ({ token: { options } }) => {
      const provider = await createPkcs11KekProvider(options)
      const context = { environment: 'test', tenant: 'north', objectClass: 'note', use: 'data', dekId: 'a' } as const
      const round = async (_: unknown, index: number): Promise<boolean> => {
        const dek = Buffer.alloc(32, index)
        const wrapped = await provider.wrap(dek, context)
        return Buffer.from(await provider.unwrap(wrapped, context)).equals(dek)
      }
      const all = await Promise.all(Array.from({ length: 64 }, round))
      expect(all.every(Boolean)).toBe(true)
      await provider.close()
    })

    test('the newest version is not destroyed: the next would take its number', async ({ token: { options } }) => {
      const admin = await openPkcs11Admin(options)
      await expect(admin.destroy('1')).rejects.toMatchObject({ code: 'resource.conflict' })
      admin.close()
    })
  })

  describe('the PIN', () => {
    test('that is wrong is refused', async () => {
      const token = await makeToken()
      await writeFile(token.options.pinFile, '000000')
      await expect(createPkcs11KekProvider(token.options)).rejects.toMatchObject({ code: 'keys.denied' })
      await token.remove()
    })

    test('in a file that others may read, or in none, is refused', async () => {
      const token = await makeToken()
      await chmod(token.options.pinFile, 0o644)
      await expect(createPkcs11KekProvider(token.options)).rejects.toMatchObject({ code: 'keys.unavailable' })
      await token.remove()
      await expect(createPkcs11KekProvider(token.options)).rejects.toMatchObject({ code: 'keys.unavailable' })
    })
  })

  test('a library that is missing is reported as such', async ({ token: { options } }) => {
    const modulePath = '/nonexistent/library.so'
    await expect(async () => createPkcs11KekProvider({ ...options, modulePath })).rejects.toMatchObject({
      code: 'keys.unavailable',
    })
  })
})
