import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { findSecrets } from './find-secrets.ts'

const ROOT = new URL('../', import.meta.url)

// Published vectors: everybody has their keys. Homes of earlier versions are packed, and hold keys made for them alone.
const KNOWN = /^(packages\/[^/]+\/test-data\/|tests\/upgrade\/homes\/)/

function listFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  return listed.split('\0').filter((file) => file !== '' && !/\.(br|bin|png|ico)$/.test(file))
}

describe('secrets (EN-08)', () => {
  test('are in no file of the project', () => {
    const files = listFiles()
    expect(files.length).toBeGreaterThan(500)
    const found = files
      .filter((file) => !KNOWN.test(file))
      .flatMap((file) => findSecrets(file, readFileSync(new URL(file, ROOT), 'utf8')))
    expect(found.map(({ file, line, kind }) => `${file}:${line} ${kind}`)).toEqual([])
  })

  const { privateKey } = generateKeyPairSync('ed25519')
  const random = (bytes: number): string => randomBytes(bytes).toString('base64url')
  test.for<[string, string]>([
    ['private key', String(privateKey.export({ format: 'pem', type: 'pkcs8' }))],
    ['private JWK', JSON.stringify(privateKey.export({ format: 'jwk' }))],
    ['AWS access key', `AKIA${'Q7'.repeat(8)}`],
    ['OpenAI key', `OPENAI=sk-${'a1B2'.repeat(8)}`],
    ['token of Breakwater', `bw_default_${random(32)}`],
    ['signed token', `eyJ${'a'.repeat(24)}.eyJ${'b'.repeat(24)}.${'c'.repeat(24)}`],
    ['password in a URL', `postgres://app:${random(12)}@db.example.org/x`],
    ['named secret', `client_secret = "${'a1B2c3D4'.repeat(5)}"`],
  ])('planted: a %s is found', ([kind, text]) => {
    expect(findSecrets('planted', text).map((finding) => finding.kind)).toContain(kind)
  })
})
