import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { inFolder, runHere } from '../testing/cli.ts'

const SHIPPED = fileURLToPath(new URL('../../../server/policies/', import.meta.url))

describe('policy test', () => {
  test('decides the shipped cases without a server', async () => {
    const { code, stdout } = await runHere(['policy', 'test', SHIPPED])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/✓ 24 of 24 cases {3}set [0-9a-f]{64}/)])
  })

  test('fails when a case is decided otherwise, and names it', async () => {
    await inFolder(async (folder) => {
      await cp(SHIPPED, folder, { recursive: true })
      const path = join(folder, 'application-crosses.cedar')
      await writeFile(path, (await readFile(path, 'utf8')).replace('"TREAT", ', ''))
      const { code, stdout } = await runHere(['policy', 'test', folder])
      expect([code, stdout]).toEqual([1, expect.stringContaining('FAIL   an application crosses for treatment')])
    })
  })

  test('fails when a policy does not hold under the schema, and names it', async () => {
    await inFolder(async (folder) => {
      await cp(SHIPPED, folder, { recursive: true })
      await writeFile(join(folder, 'odd.cedar'), 'permit(principal, action, resource) when { principal.age };')
      const { code, stderr } = await runHere(['policy', 'test', folder])
      expect([code, stderr]).toEqual([1, expect.stringContaining('odd')])
    })
  })

  test('wants a folder with cases', async () => {
    await inFolder(async (folder) => {
      expect((await runHere(['policy', 'test', join(folder, 'none')])).code).toBe(2)
      expect(await runHere(['policy', 'test', folder])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('policy'),
      })
    })
  })
})
