import { ROUTES } from '@breakwater/contract'
import { expect, test } from 'vitest'
import { buildPath } from './path.ts'

test('a path is a declared one with its parameters filled in, escaped', () => {
  for (const { path } of Object.values(ROUTES)) {
    const names = Array.from(path.matchAll(/:(\w+)/g), ([, name]) => name ?? '')
    const built = buildPath(path, Object.fromEntries(names.map((name) => [name, '../a b'])))
    expect(built).toBe(path.replace(/:\w+/g, '..%2Fa%20b'))
  }
})

test('what is not asked for is left out of the query', () => {
  expect(buildPath('/api/v1/x', {}, { limit: 3, after: undefined })).toBe('/api/v1/x?limit=3')
  expect(buildPath('/api/v1/x', {})).toBe('/api/v1/x')
})
