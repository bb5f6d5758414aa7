import { existsSync, globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CRYPTOGRAPHY, describeCryptography } from './cryptography.ts'

const MODULES = /^(?:node:crypto|node:tls|jose|openid-client|otplib|@simplewebauthn\/server|@peculiar\/x509|pkcs11js)$/
/** Reading keys and encodings, and ids that are no secrets: nothing is encrypted, signed, hashed or drawn by them. */
const NO_CRYPTOGRAPHY: ReadonlySet<string> = new Set([
  'AuthorityKeyIdentifierExtension',
  'BasicConstraintsExtension',
  'calculateJwkThumbprint',
  'constants',
  'createPrivateKey',
  'createPublicKey',
  'createSecretKey',
  'cryptoProvider',
  'decodeJwt',
  'decodeProtectedHeader',
  'exportJWK',
  'ExtendedKeyUsage',
  'ExtendedKeyUsageExtension',
  'Extension',
  'importJWK',
  'KeyUsageFlags',
  'KeyUsagesExtension',
  'generateURI',
  'randomUUID',
  'randomUUIDv7',
  'ScureBase32Plugin',
  'SubjectAlternativeNameExtension',
  'SubjectKeyIdentifierExtension',
  'TLSSocket',
  'X509Certificate',
])

const sources = globSync('packages/*/src/**/*.{ts,tsx}').filter(
  (file) => !/\.test\.tsx?$|\/testing\/|\/testing\.ts$|\/test-parts\.ts$|^packages\/testkit\//.test(file),
)

/** Values that a file imports from a module of cryptography; of one that is loaded late, its name. */
function findCalls(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const late = [...text.matchAll(/\b(?:require|import)\('([^']+)'\)/g)].map(([, module = '']) => module)
  const imports = [...text.matchAll(/^import (?!type)([^;'"]*?) from '([^']+)'/gm)]
  const named = imports.flatMap(([, clause = '', module = '']) => {
    if (!MODULES.test(module)) return []
    const whole = /^\* as (\w+)$/.exec(clause)?.[1]
    if (whole !== undefined) return [whole]
    const names = clause.replace(/[{}\n]/g, ' ').split(',')
    return names.map((name) => name.trim()).filter((name) => name !== '' && !name.startsWith('type '))
  })
  return [...named, ...late.filter((module) => MODULES.test(module))]
}

const found = sources.flatMap((file) =>
  findCalls(file)
    .filter((call) => !NO_CRYPTOGRAPHY.has(call))
    .map((call) => ({ file: file.slice('packages/'.length), call })),
)

const covers = (row: (typeof CRYPTOGRAPHY)[number], { file, call }: (typeof found)[number]): boolean =>
  row.calls.includes(call) && row.where.some((place) => file.startsWith(place))

test('every call of cryptography in the code stands in the inventory', () => {
  expect(found.length).toBeGreaterThan(60)
  expect(found.filter((one) => !CRYPTOGRAPHY.some((row) => covers(row, one)))).toEqual([])
})

test('every row of the inventory is about code that is there', () => {
  const places = CRYPTOGRAPHY.flatMap(({ where }) => where)
  expect(places.filter((place) => !existsSync(`packages/${place}`))).toEqual([])
  const idle = CRYPTOGRAPHY.flatMap((row) =>
    row.calls.filter((call) => !found.some((one) => one.call === call && covers(row, one))),
  )
  expect(idle).toEqual([])
})

test('no algorithm is named in the code that the rules forbid, and no number is drawn from a weak source', () => {
  const forbidden =
    /'(?:md5|sha-?1|(?:des|rc4|rc2|bf|aes-\d+-(?:ecb|cbc|cfb|ofb|ctr))(?:-[\w-]+)?|RSA1_5|RSA-SHA1|HS\d+|RS1)'|RSA_PKCS1_PADDING|Math\.random\(/i
  // HMAC-SHA-1 of one-time codes (RFC 4226 section B.2): every app knows it, and no collision helps against an HMAC.
  const isHotp = (file: string): boolean => file.endsWith('/people/totp/code.ts')
  const offences = sources.filter((file) => !isHotp(file) && forbidden.test(readFileSync(file, 'utf8')))
  expect(offences).toEqual([])
  for (const bad of ["'aes-256-cbc'", "'md5'", "'sha1'", "'HS256'", 'Math.random()', "'des-ede3'"]) {
    expect(bad).toMatch(forbidden)
  }
})

test('docs/cryptography.md is what the inventory says', async () => {
  await expect(describeCryptography()).toMatchFileSnapshot('../docs/cryptography.md')
})
