import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runHere, startCli } from '../testing/cli.ts'

type Cli = ReturnType<typeof startCli>

const NOTE = 'Summarise: Mr. Jonas Falkner, MRN 00482913, came in with chest pain.'
const MESSAGES = [{ role: 'user', content: NOTE }] as const

/** Reads what a program writes until it holds the pattern. */
async function readUntil(child: Cli, pattern: RegExp): Promise<string> {
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  for (let attempts = 0; attempts < 1_200 && !pattern.test(said); attempts++) {
    if (child.exitCode !== null) break
    await sleep(25)
  }
  const found = pattern.exec(said)
  if (!found) throw new Error(`the program did not say ${pattern}: ${said.replaceAll(/bwl?_\S+/g, '…')}`)
  return found[1] ?? found[0]
}

interface Local {
  readonly status: number
  readonly body: string
}

function send(port: number, headers: Record<string, string>, path = '/v1/chat/completions'): Promise<Local> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent: false }, (answer) => {
      let body = ''
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    sent.on('error', reject)
    sent.end(JSON.stringify({ model: 'demo', messages: MESSAGES }))
  })
}

// One server of the real program, one sidecar before it, and the unmodified client of OpenAI.
describe.sequential('breakwater connect', { timeout: 90_000 }, () => {
  let home = ''
  let url = ''
  let server: Cli
  let sidecar: Cli
  let base = ''
  let localToken = ''
  const file = (name: string): string => join(home, name)
  const call = async (...args: string[]) => runHere([...args, '--url', url], { environment: { BREAKWATER_HOME: home } })
  const connect = (...args: string[]): Cli =>
    startCli(
      ['connect', '--client', 'default.app', '--key', file('app.pem'), '--server', url, '--port', '0', ...args],
      {
        environment: { BREAKWATER_HOME: home },
      },
    )
  const createClient = (apiKey = localToken): OpenAI => new OpenAI({ baseURL: base, apiKey, maxRetries: 0 })

  async function makeKey(name: string): Promise<void> {
    const made = await runHere(['service', 'keygen', '--out', file(`${name}.pem`)])
    expect(made.code).toBe(0)
    await writeFile(file(`${name}.jwk`), made.stdout)
  }

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'breakwater-connect-'))
    server = startCli(['start'], { environment: { BREAKWATER_HOME: home, BREAKWATER_PORT: '0' } })
    url = await readUntil(server, /(https:\/\/localhost:\d+)\/v1[^]*Ctrl-C/)
    await makeKey('app')
    const registered = await call(
      'service',
      'register',
      'app',
      '--scope',
      'cross',
      '--scope',
      'restore',
      '--jwk',
      file('app.jwk'),
    )
    expect(registered).toMatchObject({ code: 0, stderr: '' })
    sidecar = connect('--local-token-file', file('local.token'))
    base = await readUntil(sidecar, /(http:\/\/127\.0\.0\.1:\d+\/v1)[^]*Ctrl-C/)
    localToken = (await readFile(file('local.token'), 'utf8')).trim()
  }, 90_000)

  afterAll(async () => {
    sidecar.kill('SIGKILL')
    server.kill('SIGKILL')
    await rm(await realpath(join(home, 'postgres')).catch(() => home), { recursive: true, force: true })
    await rm(home, { recursive: true, force: true })
  })

  test('keygen leaves a key for its owner alone, shows its public half, and replaces nothing', async () => {
    expect((await stat(file('app.pem'))).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(file('app.jwk'), 'utf8'))).toEqual({
      kty: 'EC',
      crv: 'P-256',
      alg: 'ES256',
      x: expect.any(String),
      y: expect.any(String),
    })
    const again = await runHere(['service', 'keygen', '--out', file('app.pem')])
    expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('resource.conflict') })
  })

  test('carries an unmodified OpenAI client, whole answers and streams (AC-07)', async () => {
    const client = createClient()
    const whole = await client.chat.completions.create({ model: 'demo', messages: [...MESSAGES] })
    expect(whole.choices[0]?.message.content).toContain('Falkner')
    let text = ''
    let chunks = 0
    const stream = await client.chat.completions.create({ model: 'demo', messages: [...MESSAGES], stream: true })
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      chunks++
    }
    expect(text).toContain('Falkner')
    expect(chunks).toBeGreaterThan(3)
    const { stdout } = await call('audit', 'show', '--json')
    const entries: { entry: { kind: string; principal: string } }[] = JSON.parse(stdout)
    expect(entries.filter(({ entry }) => entry.kind === 'crossing.outcome')).toHaveLength(2)
    expect(entries.filter(({ entry }) => entry.kind === 'access-token.issued')).toHaveLength(1)
  })

  test('passes a refusal of the server on as the client knows it, and the headers of ours', async () => {
    const client = createClient()
    const refused = client.chat.completions.create({ model: 'nobody', messages: [...MESSAGES] })
    await expect(refused).rejects.toMatchObject({ status: 404, code: 'provider.unknown-model' })
    const headers = { 'Breakwater-Purpose': 'EVERYTHING' }
    const unknown = client.chat.completions.create({ model: 'demo', messages: [...MESSAGES] }, { headers })
    await expect(unknown).rejects.toMatchObject({ status: 400, code: 'purpose.unknown' })
  })

  test.for<[string, number, string, () => Record<string, string>, string?]>([
    ['another local token', 401, 'connect.token-refused', () => ({ authorization: 'Bearer bwl_other' })],
    ['no local token', 401, 'connect.token-refused', () => ({})],
    [
      'a name that was made to point here',
      403,
      'connect.host-refused',
      () => ({ authorization: `Bearer ${localToken}`, host: 'rebind.example' }),
    ],
    [
      'a page of a browser',
      403,
      'connect.browser-refused',
      () => ({ authorization: `Bearer ${localToken}`, origin: 'http://localhost:3000' }),
    ],
    ['another path', 404, 'connect.path-refused', () => ({ authorization: `Bearer ${localToken}` }), '/oauth2/token'],
  ])('refuses %s', async ([, status, code, headers, path]) => {
    const port = Number(new URL(base).port)
    const refused = await send(port, { 'content-type': 'application/json', ...headers() }, path)
    expect([refused.status, Object(JSON.parse(refused.body)).error.code]).toEqual([status, code])
  })

  test('outlives the rotation of its key at the server and in its file without a failed request (AC-07)', async () => {
    const client = createClient()
    const failures: unknown[] = []
    let served = 0
    let isOver = false
    const work = async (): Promise<void> => {
      while (!isOver) {
        await client.chat.completions.create({ model: 'demo', messages: [...MESSAGES] }).then(
          () => served++,
          (error: unknown) => failures.push(error),
        )
      }
    }
    const workers = [work(), work()]
    await makeKey('next')
    await sleep(300)
    expect((await call('service', 'rotate', 'app', '--jwk', file('next.jwk'), '--grace-seconds', '30')).code).toBe(0)
    // As a secrets manager puts it: the new file takes the old one's place at once.
    await copyFile(file('next.pem'), file('swap.pem'))
    await rename(file('swap.pem'), file('app.pem'))
    await sleep(500)
    isOver = true
    await Promise.all(workers)
    expect(failures).toEqual([])
    expect(served).toBeGreaterThan(4)
    expect((await call('service', 'keys', 'app')).stdout.trim().split('\n')).toHaveLength(3)
  })

  test('lets what is under way finish when it is told to stop', async () => {
    const stream = await createClient().chat.completions.create({
      model: 'demo',
      messages: [...MESSAGES],
      stream: true,
    })
    sidecar.kill('SIGTERM')
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toContain('Falkner')
    if (sidecar.exitCode === null) await once(sidecar, 'exit')
    expect(sidecar.exitCode).toBe(0)
    await expect(createClient().models.list()).rejects.toThrow('Connection error')
  })

  test('serves on a unix socket without a token, and there alone', async () => {
    const path = file('connect.sock')
    const other = connect('--socket', path, '--no-local-token')
    await readUntil(other, /Ctrl-C/)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const status = await new Promise((resolve, reject) => {
      const sent = request({ socketPath: path, path: '/v1/chat/completions', method: 'POST' }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      sent.on('error', reject)
      sent.end(JSON.stringify({ model: 'demo', messages: MESSAGES }))
    })
    expect(status).toBe(200)
    other.kill('SIGTERM')
    await once(other, 'exit')
    expect(other.exitCode).toBe(0)
  })

  test.for<[string, string[], string]>([
    ['a token of nobody', ['--client', 'default.nobody'], 'the server gives no token (auth.client-refused)'],
    ['a server known by another address', ['--server', 'https://127.0.0.1:PORT'], 'known by another address'],
    ['a key that others may read', ['--key', 'open.pem'], '--key can be read by other accounts'],
    ['a port without a local token', ['--no-local-token'], '--no-local-token goes with --socket'],
    ['an address of the network', ['--host', '0.0.0.0'], '--host is one of: 127.0.0.1, ::1'],
  ])('does not start with %s', async ([, args, message]) => {
    await writeFile(file('open.pem'), await readFile(file('app.pem')), { mode: 0o644 })
    const given = args.map((arg) => (arg === 'open.pem' ? file(arg) : arg.replace('PORT', new URL(url).port)))
    const all = [
      'connect',
      '--client',
      'default.app',
      '--key',
      file('app.pem'),
      '--server',
      url,
      '--port',
      '0',
      ...given,
    ]
    const { code, stderr } = await runHere(all, { environment: { BREAKWATER_HOME: home } })
    expect(code).toBeGreaterThan(0)
    expect(stderr).toContain(message)
  })

  test('a service that is disabled gets nothing any more', async () => {
    expect((await call('service', 'disable', 'app')).code).toBe(0)
    const all = ['connect', '--client', 'default.app', '--key', file('app.pem'), '--server', url, '--port', '0']
    const { code, stderr } = await runHere(all, { environment: { BREAKWATER_HOME: home } })
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('auth.client-refused') })
  })
})
