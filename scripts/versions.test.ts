import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Manifest {
  readonly version: string
  readonly license: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const FILES = ['package.json', ...globSync('packages/*/package.json')]
const manifests = FILES.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Manifest)
const [root] = manifests

test('all packages have one version and one licence, and ask each other for exactly that version', () => {
  for (const { version, license, dependencies = {} } of manifests) {
    expect(version).toBe(root?.version)
    expect(license).toBe('Apache-2.0')
    for (const [name, wanted] of Object.entries(dependencies)) {
      if (name.startsWith('@breakwater/')) expect(wanted).toBe(root?.version)
    }
  }
})

test('dependencies are pinned exactly', () => {
  const loose = manifests.flatMap(({ dependencies = {} }) =>
    Object.entries(dependencies).filter(([, wanted]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(wanted)),
  )
  expect(loose).toEqual([])
})

test('the changelog speaks of this version', () => {
  expect(readFileSync('CHANGELOG.md', 'utf8')).toContain(String(root?.version))
})
