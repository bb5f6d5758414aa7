import { existsSync, globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ASVS } from './asvs/index.ts'

const rows = ASVS.flatMap(({ rows }) => rows)
const doc = readFileSync('docs/access.md', 'utf8')

/** In a string of the file: a title, or a row of a table that a title is made of. */
function hasFragment(file: string, fragment: string): boolean {
  const strings = readFileSync(file, 'utf8').matchAll(/(['"`])((?:\\.|(?!\1).)*)\1/g)
  return [...strings].some(([, , text = '']) => text.includes(fragment))
}

describe('chapters V6 to V12 of ASVS 5.0', () => {
  test('have each requirement once, in order, at its level', () => {
    for (const { id: chapter, counts, rows } of ASVS) {
      expect(rows.every(({ id }) => id.startsWith(`${chapter}.`))).toBe(true)
      expect([chapter, ...[1, 2, 3].map((level) => rows.filter((row) => row.level === level).length)]).toEqual([
        chapter,
        ...counts,
      ])
      const numbers = rows.map(({ id }) => id.split('.').slice(1).map(Number))
      // Within a section the ids run from 1 without a gap, and sections follow each other.
      for (const [index, [section = 0, number = 0]] of numbers.entries()) {
        const [before = 0, last = 0] = numbers[index - 1] ?? []
        expect([section, number]).toEqual(section === before ? [before, last + 1] : [before + 1, 1])
      }
    }
    expect(new Set(rows.map(({ id }) => id)).size).toBe(158)
  })

  test('are met at levels 1 and 2, or not applicable with a reason', () => {
    expect(rows.filter(({ level, status }) => level < 3 && status === 'not-met')).toEqual([])
    expect(rows.filter(({ how }) => how.length < 20)).toEqual([])
  })

  test('are shown by tests that there are', () => {
    const named = rows.flatMap((row) => (row.status === 'met' ? row.tests.map((name) => ({ id: row.id, name })) : []))
    const missing = named.filter(({ name }) => {
      const [file = '', fragment = ''] = name.split(/#(.*)/s)
      return !file.endsWith('.test.ts') || fragment.length < 7 || !existsSync(file) || !hasFragment(file, fragment)
    })
    expect(missing).toEqual([])
  })
})

test('docs/access.md names every way in', () => {
  const schemes = globSync('packages/server/src/features/*/*scheme.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bname: '([\w-]+)'/g)].map(([, name = '']) => name),
  )
  expect(schemes.length).toBeGreaterThanOrEqual(4)
  const documented = [...doc.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name = '']) => name)
  expect(documented.toSorted()).toEqual(schemes.toSorted())
})

test('docs/access.md tells the limits that the code has', () => {
  const features = 'packages/server/src/features'
  const limits: readonly (readonly [string, string, string])[] = [
    [
      `${features}/people/lockout.ts`,
      'maxAttempts: 5, windowSeconds: 900, lockSeconds: 900',
      '5 in 15 minutes | locked for 15',
    ],
    [`${features}/sessions/service.ts`, 'absoluteSeconds: 8 * 3_600', '15 minutes idle and 8 hours in all'],
    ['packages/contract/src/sessions.ts', 'MAX_IDLE_SECONDS = 900', '15 minutes idle and 8 hours in all'],
    [`${features}/sessions/service.ts`, 'maxSessions: 5', 'Five sessions\na person: the oldest gives way'],
    [`${features}/sessions/client.ts`, 'MOVE_SECONDS = 300', 'two addresses within 5 minutes'],
    [
      'packages/server/src/platform/http/step-up.ts',
      'STEP_UP_SECONDS = 300',
      'five minutes after the factors were shown',
    ],
    [`${features}/people/invitations/service.ts`, 'TTL_SECONDS = 900', 'good for 15 minutes'],
    [`${features}/device-codes/service.ts`, 'CODE_SECONDS = 600', 'good for 10 minutes'],
    [`${features}/device-codes/service.ts`, 'MAX_GUESSES = 5', '5 wrong codes'],
    ['packages/server/src/config.ts', 'BREAKWATER_REFUSALS_PER_MINUTE: whole(1, 100_000)\n    .default(60)', '(60)'],
  ]
  for (const [file, code, words] of limits) {
    expect([file, readFileSync(file, 'utf8')]).toEqual([file, expect.stringContaining(code)])
    expect(doc).toContain(words)
  }
})

test('the public key of a passkey cannot be changed by the program', () => {
  const migrations = globSync('packages/server/migrations/*.sql').toSorted()
  const grants = migrations.flatMap((file) =>
    readFileSync(file, 'utf8').match(/^grant [^;]*?\bon\b[^;]*?\bpasskeys\b[^;]*?breakwater_app;/gms),
  )
  expect(grants.filter((grant) => grant !== null)).not.toEqual([])
  for (const grant of grants)
    expect(grant ?? '').not.toMatch(/update(?! \(counter, is_backed_up, last_used_at, revoked_at\))/)
})
