import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const LAUNCHER = fileURLToPath(new URL('../bin/breakwater.js', import.meta.url))

test('npx breakwater runs the program and passes on its exit code', { timeout: 30_000 }, async () => {
  const run = promisify(execFile)
  expect((await run(process.execPath, [LAUNCHER, '--version'])).stdout).toBe('0.1.0\n')
  await expect(run(process.execPath, [LAUNCHER, '--nothing'])).rejects.toMatchObject({ code: 2 })
})

test("a supervisor's signal reaches the program", { timeout: 30_000 }, async () => {
  const launcher = spawn(process.execPath, [LAUNCHER, 'detect'], { stdio: 'pipe' })
  launcher.stdin.write('{"id":1,"text":""}\n')
  await once(launcher.stdout, 'data')
  launcher.kill('SIGTERM')
  const [code, signal] = await once(launcher, 'exit')
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' })
})
