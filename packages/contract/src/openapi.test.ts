import { expect, test } from 'vitest'
import { describeApi, DEVICE_GRANT, EXCHANGE_GRANT, ROUTES } from './index.ts'
import type { Route } from './index.ts'

const text = JSON.stringify(describeApi('0.0.0'))
const document = JSON.parse(text) as {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly operationId: string; readonly security: unknown[] }>>>
  >
}

test('every route of the table is in the document once, public ones and no other without security', () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, security }]) => [
      operationId,
      method.toUpperCase(),
      path,
      security.length === 0,
    ]),
  )
  const expected = Object.entries<Route>(ROUTES).map(([name, { method, path, isPublic }]) => [
    name,
    method,
    path.replace(/:(\w+)/g, '{$1}'),
    isPublic === true,
  ])
  const byName = (a: unknown[], b: unknown[]): number => String(a[0]).localeCompare(String(b[0]))
  expect(operations.toSorted(byName)).toEqual(expected.toSorted(byName))
})

test('bodies are closed: a field that nobody declared is refused by the document too', () => {
  expect(text).toContain('"additionalProperties":false')
  expect(text).toContain('"requestBody"')
})

test('the token endpoint takes every grant that it says it supports', () => {
  const { schema } = Object(document.paths['/oauth2/token'])['post'].requestBody.content[
    'application/x-www-form-urlencoded'
  ]
  const told = JSON.stringify(schema)
  for (const grant of ['client_credentials', EXCHANGE_GRANT, DEVICE_GRANT]) expect(told).toContain(grant)
  expect(told).toContain('"device_code"')
})

test.each(['issueAccessToken', 'startDevice'] as const)(
  '%s takes a form and refuses as OAuth says, or with a problem',
  (name) => {
    const route = ROUTES[name]
    const { requestBody, responses } = Object(document.paths[route.path])['post']
    expect(Object.keys(requestBody.content)).toEqual(['application/x-www-form-urlencoded'])
    expect(Object.keys(responses.default.content)).toEqual(['application/json', 'application/problem+json'])
  },
)
