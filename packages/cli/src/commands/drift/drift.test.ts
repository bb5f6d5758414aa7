import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inFolder, runHere } from '../../testing/cli.ts'

const NAMES = ['Maria Lopez', 'John Smith', 'Aisha Khan', 'Peter Novak', 'Grace Kim']

/** Notes of the template that was measured, or of a new one whose names stand where no rule looks. */
function createNotes(count: number, template: 'known' | 'new', source = 'clinic'): string {
  return Array.from({ length: count }, (_, i) => {
    const name = NAMES[i % NAMES.length] ?? ''
    const text =
      template === 'known'
        ? `Patient ${name}, MRN 0012${3000 + i}, was seen on 03/04/2021 with a cough.`
        : `~~ ${name.toLowerCase().replaceAll(' ', '_')} ~~ cough, seen ${i % 7} days ago, better now with rest.`
    return `${JSON.stringify({ id: i, text, source })}\n`
  }).join('')
}

describe('drift', { timeout: 60_000 }, () => {
  test('a new template exits with 1 and names what jumped; the known one exits with 0 (DI-24)', async () => {
    await inFolder(async (folder) => {
      const baseline = ['--baseline', join(folder, 'baseline.json')]
      expect(
        (await runHere(['drift', '-', '--rules-only', ...baseline, '--save'], { stdin: createNotes(120, 'known') }))
          .code,
      ).toBe(0)
      const same = await runHere(['drift', '-', '--rules-only', ...baseline], { stdin: createNotes(60, 'known') })
      expect(same).toMatchObject({ code: 0, stderr: '' })
      const other = await runHere(['drift', '-', '--rules-only', ...baseline, '--json'], {
        stdin: createNotes(60, 'new'),
      })
      expect(other.code).toBe(1)
      const { findings } = JSON.parse(other.stdout) as { findings: { stratum: string; class: string; kind: string }[] }
      expect(findings).toEqual(
        expect.arrayContaining([expect.objectContaining({ stratum: 'source clinic', class: 'NAME', kind: 'share' })]),
      )
    })
  })

  test('notes of a source that was never measured are drift, whatever is found in them', async () => {
    await inFolder(async (folder) => {
      const baseline = ['--baseline', join(folder, 'baseline.json')]
      await runHere(['drift', '-', '--rules-only', ...baseline, '--save'], { stdin: createNotes(120, 'known') })
      const { code, stdout } = await runHere(['drift', '-', '--rules-only', ...baseline, '--source', 'dictation'], {
        stdin: createNotes(60, 'known'),
      })
      expect(code).toBe(1)
      expect(stdout).toContain('source dictation')
      expect(stdout).toContain('not in the baseline')
    })
  })

  test('the baseline holds counts and no text, and is not replaced unasked', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'baseline.json')
      await runHere(['drift', '-', '--rules-only', '--baseline', path, '--save'], { stdin: createNotes(30, 'known') })
      const stored = await readFile(path, 'utf8')
      for (const word of ['Maria', 'cough', '0012', '2021']) expect(stored).not.toContain(word)
      const again = await runHere(['drift', '-', '--rules-only', '--baseline', path, '--save'], {
        stdin: createNotes(30, 'known'),
      })
      expect(again.stderr).toContain('resource.conflict')
    })
  })
})
