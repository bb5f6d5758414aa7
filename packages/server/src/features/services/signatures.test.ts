import { readFileSync } from 'node:fs'
import { CLIENT_ALGORITHMS, publicJwkSchema } from '@breakwater/contract'
import { compactVerify, decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { chooseAlgorithm } from './service.ts'

interface Group {
  readonly file: string
  readonly comment: string
  readonly keys: readonly Readonly<Record<string, unknown>>[]
  readonly tests: readonly {
    readonly tcId: number
    readonly result: 'valid' | 'invalid'
    readonly comment: string
    readonly jws: string
  }[]
}

const groups: readonly Group[] = JSON.parse(
  readFileSync(new URL('../../../test-data/wycheproof/jws.json', import.meta.url), 'utf8'),
)

/** As assertions are verified: a key that may be registered, the algorithm that its type has, the allow-list. */
async function isAccepted(jws: string, jwk: Readonly<Record<string, unknown>>): Promise<boolean> {
  const parsed = publicJwkSchema.safeParse(jwk)
  if (!parsed.success) return false
  try {
    if (decodeProtectedHeader(jws).alg !== chooseAlgorithm(parsed.data)) return false
    await compactVerify(jws, parsed.data, { algorithms: [...CLIENT_ALGORITHMS] })
    return true
  } catch {
    return false
  }
}

/** Why a valid signature of the vectors is refused here. Whatever is not named has to be accepted. */
function findReason(
  { kty, alg, use, key_ops: uses }: Readonly<Record<string, unknown>>,
  jws: string,
): string | undefined {
  if (kty === 'oct') return 'a shared secret'
  if (!CLIENT_ALGORITHMS.some((known) => known === alg)) return `algorithm ${String(alg)}`
  if (decodeProtectedHeader(jws).alg !== alg) return 'another algorithm than the key’s'
  if (uses !== undefined || (use !== undefined && use !== 'sig')) return 'key_ops'
  return undefined
}

describe('Wycheproof’s signatures (AC-07)', () => {
  test('are all refused that are invalid, whichever key of the set is tried', async () => {
    const accepted: string[] = []
    let count = 0
    for (const { file, keys, tests } of groups) {
      for (const { tcId, jws } of tests.filter(({ result }) => result === 'invalid')) {
        count++
        // Keys of a set cannot be ambiguous here: one row, one key, one thumbprint.
        if (keys.length > 1) continue
        for (const key of keys) if (await isAccepted(jws, key)) accepted.push(`${file} ${tcId}`)
      }
    }
    expect(count).toBeGreaterThan(400)
    expect(accepted).toEqual([])
  })

  test('are accepted that are valid, but for named reasons', async () => {
    const skipped: Record<string, number> = {}
    const refused: string[] = []
    let count = 0
    for (const { file, keys, tests } of groups) {
      const [key = {}] = keys
      for (const { tcId, jws } of tests.filter(({ result }) => result === 'valid')) {
        const reason = keys.length > 1 ? 'a set of keys' : findReason(key, jws)
        if (reason !== undefined) skipped[reason] = (skipped[reason] ?? 0) + 1
        else if (await isAccepted(jws, key)) count++
        else refused.push(`${file} ${tcId}`)
      }
    }
    expect(refused).toEqual([])
    expect({ count, skipped }).toMatchInlineSnapshot(`
      {
        "count": 13,
        "skipped": {
          "a set of keys": 2,
          "a shared secret": 14,
          "algorithm ES521": 2,
          "algorithm PS384": 4,
          "algorithm PS512": 4,
          "algorithm RS256": 10,
          "algorithm RS512": 4,
          "another algorithm than the key’s": 2,
        },
      }
    `)
  })
})
