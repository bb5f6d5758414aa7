import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { dropVariables } from './drop-variables.ts'

test('variables that name a proxy or weaken TLS are gone, in either case, and no other (GW-04)', () => {
  const environment = {
    HTTPS_PROXY: 'http://127.0.0.1:1',
    http_proxy: 'http://127.0.0.1:1',
    all_proxy: 'http://127.0.0.1:1',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NO_PROXY: '*',
    PATH: '/bin',
  }
  expect(dropVariables(environment)).toEqual(['HTTPS_PROXY', 'http_proxy', 'all_proxy', 'NODE_TLS_REJECT_UNAUTHORIZED'])
  expect(environment).toEqual({ NO_PROXY: '*', PATH: '/bin' })
})

test('the server says which it does not heed, without their values (GW-04)', () => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const env = {
    BREAKWATER_PORT: 'no port',
    HTTPS_PROXY: 'http://user:secret@127.0.0.1:1',
  }
  let said = ''
  try {
    execFileSync(process.execPath, ['--conditions=breakwater-source', main], { env, encoding: 'utf8', stdio: 'pipe' })
  } catch (thrown) {
    said = String((thrown as { stderr?: unknown }).stderr)
  }
  expect(said).toContain('breakwater: not heeded: HTTPS_PROXY\n')
  expect(said).not.toContain('secret')
})
