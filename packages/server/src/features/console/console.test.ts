import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { readSite } from './index.ts'
import type { Site } from './index.ts'

const INDEX = '<!doctype html><title>console</title>'
const SCRIPT = 'export {}'

/** A built console of two files, beside a secret that a link in its folder points to. */
async function buildSite(): Promise<Site> {
  const dir = await mkdtemp(join(tmpdir(), 'breakwater-site-'))
  try {
    await mkdir(join(dir, 'site/assets'), { recursive: true })
    await writeFile(join(dir, 'secret.js'), 'secret')
    await writeFile(join(dir, 'site/index.html'), INDEX)
    await writeFile(join(dir, 'site/assets/index-abc.js'), SCRIPT)
    await writeFile(join(dir, 'site/assets/notes.txt'), 'not a kind that is served')
    await symlink(join(dir, 'secret.js'), join(dir, 'site/assets/linked.js'))
    const site = await readSite(join(dir, 'site'))
    if (!site) throw new Error('not built')
    return site
  } finally {
    await rm(dir, { recursive: true })
  }
}

test('every page of the console is one document, never kept by a cache', async ({ db }) => {
  const app = await createTestApp(db, { site: await buildSite() })
  for (const path of ['/console/', '/console/sessions', '/console/no/such/page']) {
    const answer = await app.request(path)
    expect([answer.status, await answer.text()]).toEqual([200, INDEX])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  }
})

test('its policy permits no inline code, no eval, no foreign origin and no frame', async ({ db }) => {
  const app = await createTestApp(db, { site: await buildSite() })
  for (const path of ['/console/', '/console/assets/index-abc.js']) {
    const { headers } = await app.request(path)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "object-src 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      expect(policy.split('; ')).toContain(directive)
    }
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('permissions-policy')).toContain('camera=()')
    expect(headers.get('access-control-allow-origin')).toBeNull()
  }
})

test('a file whose name is its hash may be kept for ever', async ({ db }) => {
  const app = await createTestApp(db, { site: await buildSite() })
  const answer = await app.request('/console/assets/index-abc.js')
  expect([answer.status, await answer.text()]).toEqual([200, SCRIPT])
  expect(answer.headers.get('cache-control')).toContain('immutable')
  expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
})

test('no path leads out of the table of files', async ({ db }) => {
  const app = await createTestApp(db, { site: await buildSite() })
  for (const name of [
    'linked.js',
    'notes.txt',
    '..%2findex.html',
    '..%2f..%2fsecret.js',
    '%2e%2e%2f%2e%2e%2fsecret.js',
    '..\\secret.js',
    '../index.html',
    'index-abc.js%00',
    '__proto__',
    'constructor',
  ]) {
    const answer = await app.request(`/console/assets/${name}`)
    expect([name, answer.status]).toEqual([name, 404])
    expect(await answer.json()).toMatchObject({ type: '/errors/route.unknown' })
  }
})

test('what asks for a page as a script or a frame gets none', async ({ db }) => {
  const app = await createTestApp(db, { site: await buildSite() })
  for (const destination of ['script', 'style', 'iframe', 'empty']) {
    expect((await app.request('/console/', { headers: { 'sec-fetch-dest': destination } })).status).toBe(404)
  }
  expect((await app.request('/console/', { headers: { 'sec-fetch-dest': 'document' } })).status).toBe(200)
})

test('a server without a built console says how to build it, and does everything else', async ({ db }) => {
  const app = await createTestApp(db)
  const answer = await app.request('/console/')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({
    type: '/errors/console.not-built',
    title: expect.stringContaining('npm run build -w packages/console'),
  })
  expect((await app.call(app.tokens.admin, 'GET', '/api/v1/whoami')).status).toBe(200)
  expect(await readSite('/no/such/folder')).toBeUndefined()
})

test('short addresses lead to pages of the console', async ({ db }) => {
  const app = await createTestApp(db)
  expect((await app.request('/')).headers.get('location')).toBe('/console/')
  expect((await app.request('/console')).headers.get('location')).toBe('/console/')
  expect((await app.request('/sign-in')).headers.get('location')).toBe('/console/')
  expect((await app.request('/enrol')).headers.get('location')).toBe('/console/enrol')
  expect((await app.request('/device?user_code=WDJB-MJHT')).headers.get('location')).toBe(
    '/console/device?user_code=WDJB-MJHT',
  )
})

const REPORTED = 'script-src-elem'

test.for([
  ['the Reporting API', [{ type: 'csp-violation', body: { effectiveDirective: REPORTED, sample: 'a value' } }]],
  ['CSP level 2', { 'csp-report': { 'effective-directive': REPORTED, 'document-uri': 'a value' } }],
] as const)('a report by %s is logged by its directive alone', async ([, report], { db }) => {
  const app = await createTestApp(db)
  const answer = await app.request('/console/reports', { method: 'POST', body: JSON.stringify(report) })
  expect(answer.status).toBe(204)
  expect(app.logged).toEqual([{ event: 'console-policy-violated', fields: { directive: REPORTED } }])
})

test('reports that flood in fill no log, and what is no report is not repeated', async ({ db }) => {
  const app = await createTestApp(db)
  const report = JSON.stringify({ 'csp-report': { 'effective-directive': REPORTED } })
  for (let sent = 0; sent < 50; sent++) await app.request('/console/reports', { method: 'POST', body: report })
  expect(app.logged).toHaveLength(10)
  app.clock.set('2026-06-01T12:01:00.000Z')
  await app.request('/console/reports', { method: 'POST', body: '{"csp-report":{"effective-directive":"a value"}}' })
  expect(app.logged).toHaveLength(10)
  await app.request('/console/reports', { method: 'POST', body: report })
  expect(app.logged).toHaveLength(11)
})
