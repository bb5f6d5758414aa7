import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inFolder, runHere } from '../../testing/cli.ts'

/** A labelled name is easy; a bare word that nobody would take for an identifier never is found. */
function createGold(documents: number, impossible: number): string {
  return Array.from({ length: documents }, (_, i) => {
    const text = `Patient Maria Lopez, MRN 0012${String(3000 + i)}, was seen.`
    const spans = [
      { start: 8, end: 19, class: 'NAME' },
      { start: 25, end: 33, class: 'MRN' },
      ...(i < impossible ? [{ start: 35, end: 38, class: 'USERNAME' }] : []),
    ]
    return `${JSON.stringify({ id: `d${i}`, text, spans })}\n`
  }).join('')
}

interface File {
  readonly thresholds: Readonly<Record<string, number>>
  readonly tagger: string | null
  readonly calibration: { readonly documents: number; readonly risk: number; readonly bound: number }
  readonly report: { readonly documents: number; readonly meanLoss: number }
}

describe('calibrate', { timeout: 60_000 }, () => {
  test('writes thresholds with their bound, and measures on the other half; the engine loads them (DI-06)', async () => {
    await inFolder(async (folder) => {
      const [gold, out] = [join(folder, 'gold.jsonl'), join(folder, 'thresholds.json')]
      await writeFile(gold, createGold(300, 0))
      const { code, stdout, stderr } = await runHere(['calibrate', gold, '--out', out])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain('exchangeable')
      const { calibration, report, thresholds } = JSON.parse(await readFile(out, 'utf8')) as File
      expect(calibration.documents + report.documents).toBe(300)
      expect(calibration.documents).toBeGreaterThan(120)
      expect(calibration).toMatchObject({ risk: 0 })
      expect(calibration.bound).toBeCloseTo(1 / (calibration.documents + 1), 5)
      expect(report.meanLoss).toBe(0)
      expect(thresholds['NAME']).toBeGreaterThan(0.4)
      const evaluated = await runHere(['evaluate', gold, '--thresholds', out, '--json'])
      expect((JSON.parse(evaluated.stdout) as { full: { share: number } }).full.share).toBe(1)
      await writeFile(out, JSON.stringify({ version: 1, tagger: null, thresholds: { NAME: 1, MRN: 1 } }))
      const strict = await runHere(['evaluate', gold, '--rules-only', '--thresholds', out, '--json'])
      expect((JSON.parse(strict.stdout) as { full: { share: number } }).full.share).toBeLessThan(1)
    })
  })

  test('refuses a claim of 99 % below 99 documents', async () => {
    await inFolder(async (folder) => {
      const gold = join(folder, 'gold.jsonl')
      await writeFile(gold, createGold(150, 0))
      const { code, stderr } = await runHere(['calibrate', gold])
      expect(code).toBe(1)
      expect(stderr).toMatch(/a recall of 99 % needs 99 calibration documents .* there are \d+ \(body\.invalid\)/)
      expect((await runHere(['calibrate', gold, '--recall', '0.9'])).code).toBe(0)
      expect((await runHere(['calibrate', gold, '--recall', '0.95', '--confidence', '0.999'])).stderr).toContain(
        'needs 135',
      )
    })
  })

  test('writes nothing when no threshold is strict enough, and says how far away it is', async () => {
    await inFolder(async (folder) => {
      const [gold, out] = [join(folder, 'gold.jsonl'), join(folder, 'thresholds.json')]
      await writeFile(gold, createGold(300, 60))
      const { code, stderr } = await runHere(['calibrate', gold, '--out', out])
      expect(code).toBe(1)
      expect(stderr).toMatch(/no threshold keeps a recall of 99\.0 %: the strictest misses \d\.\d % of a document/)
      await expect(readFile(out)).rejects.toThrow('ENOENT')
    })
  })

  test('thresholds of another tagger, or with a class that is none, are refused', async () => {
    await inFolder(async (folder) => {
      const [gold, file] = [join(folder, 'gold.jsonl'), join(folder, 'thresholds.json')]
      await writeFile(gold, createGold(1, 0))
      const refusalOf = async (content: object): Promise<string> => {
        await writeFile(file, JSON.stringify(content))
        return (await runHere(['evaluate', gold, '--rules-only', '--thresholds', file])).stderr
      }
      expect(await refusalOf({ version: 1, tagger: 'other', thresholds: {} })).toContain('another tagger')
      expect(await refusalOf({ version: 1, tagger: null, thresholds: { SECRET: 0.5 } })).toBe(
        'breakwater: thresholds are {"CLASS": 0 to 1}, version 1 (config.invalid)\n',
      )
    })
  })
})
