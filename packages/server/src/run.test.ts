import { once } from 'node:events'
import { mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Program } from './testing/program.ts'
import { spawnProgram, startProgram } from './testing/program.ts'

const WHOAMI = '/api/v1/whoami'

test('an argument is refused, not passed over: nothing starts that was meant otherwise', {
  timeout: 60_000,
}, async () => {
  const home = await mkdtemp(join(tmpdir(), 'breakwater-home-'))
  const program = spawnProgram(home, {}, ['--port', '9'])
  let said = ''
  program.stderr?.on('data', (text: Buffer) => (said += text.toString()))
  await once(program, 'close')
  expect({ exit: program.exitCode, files: await readdir(home) }).toEqual({ exit: 1, files: [] })
  expect(said).toMatch(/^breakwater: arguments are not heeded: .+ \(config\.invalid\)\n$/)
  await rm(home, { recursive: true })
})

// One home, lived through from its first start on: each test begins where the one before ended.
describe.sequential('a home', { timeout: 60_000 }, () => {
  let home = ''
  let server: Program
  let token = ''
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'breakwater-home-'))
  })
  afterAll(async () => {
    await server.kill('SIGTERM')
    // As root the cluster lies elsewhere, behind a link.
    await rm(await realpath(join(home, 'postgres')), { recursive: true, force: true })
    await rm(home, { recursive: true, force: true })
  })

  test('starts with one command and shows a token that works', async () => {
    server = await startProgram(home)
    token = /bw_default_[\w-]{43}/.exec(server.output())?.[0] ?? ''
    expect((await server.get(WHOAMI, token)).status).toBe(200)
    expect((await server.get('/readyz')).status).toBe(200)
    expect(server.output()).toContain('NOT FOR PRODUCTION')
  })

  test('holds only what its owner can read', async () => {
    const names = await readdir(home, { recursive: true })
    const modes = await Promise.all(
      names.map(async (name) => ({ name, mode: (await stat(join(home, name))).mode & 0o077 })),
    )
    expect(modes.length).toBeGreaterThan(10)
    expect(modes.filter(({ mode }) => mode !== 0)).toEqual([])
  })

  test('lets nobody else start on it', async () => {
    const second = spawnProgram(home)
    let said = ''
    second.stderr?.on('data', (text: Buffer) => (said += text.toString()))
    await once(second, 'close')
    expect(second.exitCode).toBe(1)
    expect(said).toContain('home.in-use')
    expect(said.split('\n')).toHaveLength(2)
  })

  test('refuses while its database is gone, and recovers by itself', async () => {
    const killed = await findPostgres(home)
    process.kill(killed, 'SIGKILL')
    const seen = new Set<number>()
    let status = 0
    for (let attempts = 0; attempts < 400 && !(seen.has(503) && status === 200); attempts++) {
      status = (await server.get('/readyz')).status
      seen.add(status)
      await delay(10)
    }
    expect(seen).toEqual(new Set([200, 503]))
    expect((await server.get(WHOAMI, token)).status).toBe(200)
    expect(await findPostgres(home)).not.toBe(killed)
  })

  test('stops on SIGTERM with exit code 0 and starts again, without showing the token', async () => {
    expect(await server.kill('SIGTERM')).toBe(0)
    server = await startProgram(home)
    expect(server.output()).not.toContain(token)
    expect((await server.get(WHOAMI, token)).status).toBe(200)
  })

  test('recovers when the program is killed, at once', async () => {
    await server.kill('SIGKILL')
    server = await startProgram(home)
    expect((await server.get(WHOAMI, token)).status).toBe(200)
  })

  test('recovers when the program and its database are killed', async () => {
    process.kill(await findPostgres(home), 'SIGKILL')
    await server.kill('SIGKILL')
    server = await startProgram(home)
    expect((await server.get(WHOAMI, token)).status).toBe(200)
    expect(await server.kill('SIGINT')).toBe(0)
    await expect(findPostgres(home)).rejects.toThrow('ENOENT')
  })
})

async function findPostgres(home: string): Promise<number> {
  return Number((await readFile(join(home, 'postgres/cluster/postmaster.pid'), 'utf8')).split('\n')[0])
}
