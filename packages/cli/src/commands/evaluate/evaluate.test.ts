import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inFolder, runCli, runHere } from '../../testing/cli.ts'

const NOTE = 'Patient Maria Lopez, DOB 03/04/1961, MRN 00123456, age 64. Ward zebrafish-7.'
const place = (text: string, surface: string, label: string) => ({
  start: text.indexOf(surface),
  end: text.indexOf(surface) + surface.length,
  label,
})
const GOLD = {
  id: 'n1',
  kind: 'letter',
  text: NOTE,
  spans: [
    { ...place(NOTE, 'Maria Lopez', 'NAME'), role: 'patient' },
    place(NOTE, '03/04/1961', 'DATE'),
    place(NOTE, '00123456', 'MRN'),
    place(NOTE, '64', 'AGE'),
    place(NOTE, 'zebrafish', 'USERNAME'),
  ],
}
const CLEAN = { id: 'n2', text: 'Lisinopril 10 mg daily; recheck in 90 days.', spans: [] }
const LINES = [GOLD, CLEAN].map((row) => `${JSON.stringify(row)}\n`).join('')

interface Figures {
  readonly documents: number
  readonly full: { of: number; count: number }
  readonly over: { of: number; count: number }
  readonly by: Readonly<Record<string, readonly { name: string; count: number; of: number; atLeast: number }[]>>
}

describe('evaluate', () => {
  test('prints recall per class with exact bounds, worst first, and no value (DI-01)', async () => {
    await inFolder(async (folder) => {
      const gold = join(folder, 'gold.jsonl')
      await writeFile(gold, LINES)
      const people = await runHere(['evaluate', gold])
      expect({ code: people.code, stderr: people.stderr }).toEqual({ code: 0, stderr: '' })
      expect(people.stdout).toContain('identifiers covered whole')
      for (const value of ['Maria', 'Lopez', '1961', '00123456', 'zebrafish'])
        expect(people.stdout).not.toContain(value)
      const machine = await runHere(['evaluate', gold, '--json', '--by', 'class,kind'])
      const { documents, full, over, by } = JSON.parse(machine.stdout) as Figures
      expect([documents, full.count, full.of, over.count, over.of]).toEqual([2, 3, 4, 0, 1])
      expect(by['class']?.map(({ name, count, of }) => `${name} ${count}/${of}`)).toEqual([
        'USERNAME 0/1',
        'DATE 1/1',
        'MRN 1/1',
        'NAME 1/1',
      ])
      expect(by['class']?.[1]?.atLeast).toBeCloseTo(0.05, 9)
      expect(by['kind']?.map(({ name }) => name)).toEqual(['letter'])
    })
  })

  test('reads folders of BRAT and of XML like one corpus', async () => {
    await inFolder(async (folder) => {
      const [start, end] = [NOTE.indexOf('Maria'), NOTE.indexOf(',')]
      await writeFile(join(folder, 'a.txt'), NOTE)
      await writeFile(join(folder, 'a.ann'), `T1\tPATIENT ${start} ${end}\tMaria Lopez\n`)
      await writeFile(
        join(folder, 'b.xml'),
        `<r><TEXT><![CDATA[${NOTE}]]></TEXT><TAGS><NAME start="${start}" end="${end}" TYPE="PATIENT"/></TAGS></r>`,
      )
      const { stdout } = await runHere(['evaluate', folder, '--map', 'i2b2', '--json'])
      expect((JSON.parse(stdout) as Figures).full).toMatchObject({ of: 2, count: 2 })
    })
  })

  test('--show-misses writes the words to a file that only its owner reads, under a banner', async () => {
    await inFolder(async (folder) => {
      const [gold, misses] = [join(folder, 'gold.jsonl'), join(folder, 'misses.ndjson')]
      await writeFile(gold, LINES)
      const { code, stdout } = await runCli(['evaluate', gold, '--show-misses', misses])
      expect(code).toBe(0)
      expect(stdout).not.toContain('zebrafish')
      const [banner, miss, ...more] = (await readFile(misses, 'utf8')).trimEnd().split('\n')
      expect(banner).toContain('CONTAINS PHI')
      expect(JSON.parse(miss ?? '')).toMatchObject({ id: 'n1', missed: 'USERNAME', text: 'zebrafish' })
      expect(more).toEqual([])
      expect((await stat(misses)).mode & 0o777).toBe(0o600)
      expect((await runHere(['evaluate', gold, '--show-misses', misses])).stderr).toContain('resource.conflict')
    })
  })

  test('fails when a figure falls behind the baseline by more than half a point (DI-06)', async () => {
    await inFolder(async (folder) => {
      const [gold, baseline] = [join(folder, 'gold.jsonl'), join(folder, 'baseline.json')]
      await writeFile(gold, LINES)
      expect((await runHere(['evaluate', gold, '--baseline', baseline, '--save'])).code).toBe(0)
      expect((await runHere(['evaluate', gold, '--baseline', baseline])).code).toBe(0)
      const stored = JSON.parse(await readFile(baseline, 'utf8')) as { figures: Record<string, number> }
      stored.figures['full'] = 0.756
      await writeFile(baseline, JSON.stringify(stored))
      const { code, stderr } = await runHere(['evaluate', gold, '--baseline', baseline])
      expect({ code, stderr }).toEqual({ code: 1, stderr: 'breakwater: full fell from 75.6 % to 75.0 %\n' })
      stored.figures['full'] = 0.754
      await writeFile(baseline, JSON.stringify(stored))
      expect((await runHere(['evaluate', gold, '--baseline', baseline])).code).toBe(0)
    })
  })

  test('refuses a baseline of other gold', async () => {
    await inFolder(async (folder) => {
      const [gold, baseline] = [join(folder, 'gold.jsonl'), join(folder, 'baseline.json')]
      await writeFile(gold, LINES)
      await runHere(['evaluate', gold, '--baseline', baseline, '--save'])
      await writeFile(gold, `${JSON.stringify(GOLD)}\n`)
      expect((await runHere(['evaluate', gold, '--baseline', baseline])).stderr).toContain('taken on other gold')
    })
  })

  test('a refusal names file and line, and repeats nothing', async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'a.jsonl'), LINES)
      await writeFile(
        join(folder, 'smith.jsonl'),
        `${LINES}{"id":3,"text":"SECRET","spans":[{"start":1,"end":3,"label":"X"}]}\n`,
      )
      const { code, stderr } = await runHere(['evaluate', folder])
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: 'breakwater: file 2 line 3: span 1: its label is not in the map (body.invalid)\n',
      })
    })
  })

  test('a map of the reader’s own may be given as a file', async () => {
    await inFolder(async (folder) => {
      const [gold, map] = [join(folder, 'gold.jsonl'), join(folder, 'map.json')]
      const spans = [place(NOTE, 'Maria Lopez', 'Kunde'), place(NOTE, '64', 'Alter')]
      await writeFile(gold, JSON.stringify({ id: 1, text: NOTE, spans }))
      await writeFile(map, '{"Kunde": {"class": "NAME"}, "Alter": null}')
      expect((JSON.parse((await runHere(['evaluate', gold, '--map', map, '--json'])).stdout) as Figures).full.of).toBe(
        1,
      )
      await writeFile(map, '{"Kunde": {"class": "SECRET"}}')
      expect((await runHere(['evaluate', gold, '--map', map])).stderr).toMatch(/label map is .*\(body\.invalid\)\n$/)
    })
  })
})
