import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inFolder, runCli, runHere, startCli } from '../testing/cli.ts'

const NOTE = 'Patient Maria Lopez, DOB 03/04/1931, seen 05/06/2023, SSN 078-05-1120.\n'
const RELEASED = 'Patient [NAME], DOB on or before 1933, seen 2023, SSN [SSN].\n'
const SAFE = ['--profile', 'safe-harbor'] as const
const lineOf = (id: string | number, text: string): string => `${JSON.stringify({ id, text })}\n`

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8)
}

describe('deid of one file', { timeout: 60_000 }, () => {
  test('a text goes to stdout, the counts to stderr', async () => {
    const { code, stdout, stderr } = await runCli(['deid', '-', ...SAFE], { stdin: NOTE })
    expect({ code, stdout }).toEqual({ code: 0, stdout: RELEASED })
    expect(stderr).toContain('1 document, 4 changes')
    expect(stderr).not.toMatch(/Lopez|1931/)
  })

  test('of a known patient, forms that no rule would find go too (DI-06)', async () => {
    await inFolder(async (cwd) => {
      const patient = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Zzyrqa', given: ['Faith'] }] }
      await writeFile(join(cwd, 'patient.json'), JSON.stringify(patient))
      const stdin = 'reviewed zzyrqa with faith in the outcome\n'
      const { code, stdout, stderr } = await runHere(
        ['deid', '-', ...SAFE, '--rules-only', '--patient', join(cwd, 'patient.json')],
        {
          stdin,
        },
      )
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'reviewed [NAME] with faith in the outcome\n' })
      expect(stderr).not.toMatch(/zzyrqa/i)
    })
  })

  test.for([
    ['--patient', '{"names":["Zzyrqa"', 'patient: JSON'],
    ['--patient', '{"Zzyrqa":1}', 'patient: only the members'],
    ['--patient', '{"names":[]}', 'patient: nothing that identifies'],
    ['--lexicon', '{"version":1,"staff":[7,"Zzyrqa"]}', 'lexicon.staff[0]: a text'],
  ] as const)('a file of %s that is none is refused without quoting it: %s', async ([flag, content, message]) => {
    await inFolder(async (cwd) => {
      await writeFile(join(cwd, 'file.json'), content)
      const run = await runHere(['deid', '-', ...SAFE, flag, join(cwd, 'file.json')], { stdin: 'a' })
      expect(run.code).not.toBe(0)
      expect(run.stderr).toContain(message)
      expect(run.stderr + run.stdout).not.toContain('Zzyrqa')
    })
  })

  test("a site's lexicon adds what only the site knows", async () => {
    await inFolder(async (cwd) => {
      const site = { version: 1, units: ['Blue Team'], recordNumbers: [{ format: '[q]-999' }] }
      await writeFile(join(cwd, 'site.json'), JSON.stringify(site))
      const run = await runHere(['deid', '-', ...SAFE, '--lexicon', join(cwd, 'site.json')], {
        stdin: 'moved to Blue Team, sticker q-123\n',
      })
      expect(run.stdout).toBe('moved to [FACILITY], sticker [MRN]\n')
    })
  })

  test('the output and its manifest lie side by side, closed to others', async () => {
    await inFolder(async (cwd) => {
      await writeFile(join(cwd, 'note.txt'), NOTE)
      const { code, stdout } = await runCli(['deid', 'note.txt', ...SAFE, '--out', 'safe.txt'], { cwd })
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
      expect((await readdir(cwd)).toSorted()).toEqual(['note.txt', 'safe.txt', 'safe.txt.manifest.json'])
      expect(await readFile(join(cwd, 'safe.txt'), 'utf8')).toBe(RELEASED)
      expect([await modeOf(join(cwd, 'safe.txt')), await modeOf(join(cwd, 'safe.txt.manifest.json'))]).toEqual([
        '600',
        '600',
      ])
    })
  })

  test('the manifest tells rules, counts and digests, no value, and is the same each time (DI-23)', async () => {
    await inFolder(async (cwd) => {
      await writeFile(join(cwd, 'note.txt'), NOTE)
      const manifests: string[] = []
      for (const force of [[], ['--force']]) {
        await runCli(['deid', 'note.txt', ...SAFE, '--out', 'safe.txt', ...force], { cwd })
        manifests.push(await readFile(join(cwd, 'safe.txt.manifest.json'), 'utf8'))
      }
      const [first = '', second] = manifests
      expect(second).toBe(first)
      expect(JSON.parse(first)).toMatchObject({
        profile: { name: 'safe-harbor' },
        label: 'safe-harbor-transformed',
        documents: 1,
        outputs: [{ name: 'safe.txt', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      })
      expect(first).not.toMatch(/Lopez|1931|1120/)
    })
  })

  test('NDJSON goes line by line; members that nobody declared do not pass', async () => {
    const stdin = lineOf('a', NOTE).replace('}', ',"name":"Maria Lopez"}') + lineOf(2, 'ok')
    const { code, stdout, stderr } = await runHere(['deid', '-', ...SAFE, '--format', 'ndjson'], { stdin })
    expect({ code, stdout }).toEqual({ code: 0, stdout: lineOf('a', RELEASED) + lineOf(2, 'ok') })
    expect(stderr).toContain('other members than id and text left out, in 1 line')
  })

  test('an id that may identify somebody is refused, renumbered or vouched for', async () => {
    const args = ['deid', '-', ...SAFE, '--format', 'ndjson']
    const stdin = lineOf('maria-lopez-00123456', 'ok')
    const refused = await runHere(args, { stdin })
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('line 1: the id may identify somebody')
    expect(refused.stderr).not.toContain('lopez')
    expect((await runHere([...args, '--renumber'], { stdin })).stdout).toBe(lineOf(1, 'ok'))
    expect((await runHere([...args, '--keep-ids'], { stdin })).stdout).toBe(stdin)
  })

  test('an output that exists stays as it is, unless --force says otherwise', async () => {
    await inFolder(async (cwd) => {
      await writeFile(join(cwd, 'safe.txt'), 'mine')
      const args = ['deid', '-', ...SAFE, '--out', 'safe.txt']
      const refused = await runCli(args, { cwd, stdin: NOTE })
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain('(resource.conflict)')
      expect(await readFile(join(cwd, 'safe.txt'), 'utf8')).toBe('mine')
      expect((await runCli([...args, '--force'], { cwd, stdin: NOTE })).code).toBe(0)
      expect(await readFile(join(cwd, 'safe.txt'), 'utf8')).toBe(RELEASED)
    })
  })

  test('a link to the output is no other file: the note stays', async () => {
    await inFolder(async (cwd) => {
      await writeFile(join(cwd, 'note.txt'), NOTE)
      await symlink('note.txt', join(cwd, 'link.txt'))
      const [from, to] = [join(cwd, 'link.txt'), join(cwd, 'note.txt')]
      const run = await runHere(['deid', from, ...SAFE, '--rules-only', '--out', to, '--force'])
      expect({ code: run.code, told: run.stderr.includes('--out is the input itself') }).toEqual({
        code: 2,
        told: true,
      })
      expect(await readFile(join(cwd, 'note.txt'), 'utf8')).toBe(NOTE)
    })
  })

  test('--dry-run writes nothing and prints the counts', async () => {
    await inFolder(async (cwd) => {
      const { stdout } = await runCli(['deid', '-', ...SAFE, '--out', 'x', '--dry-run', '--json'], { cwd, stdin: NOTE })
      expect(JSON.parse(stdout)).toMatchObject({ documents: 1, counts: { 'NAME/patient/remove': 1 } })
      expect(await readdir(cwd)).toEqual([])
    })
  })

  test('gateway tokens need keys that the command line does not have', async () => {
    const { code, stdout, stderr } = await runHere(['deid', '-', '--profile', 'gateway'], { stdin: NOTE })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('(keys.unavailable)')
  })
})

describe('nothing is ever half there', { timeout: 60_000 }, () => {
  test('a bad line leaves no output, no manifest and no passing file', async () => {
    await inFolder(async (cwd) => {
      const stdin = `${lineOf(1, NOTE)}SECRET\n`
      const { code, stderr } = await runCli(['deid', '-', ...SAFE, '--format', 'ndjson', '--out', 'safe.ndjson'], {
        cwd,
        stdin,
      })
      expect({ code, stderr }).toEqual({ code: 1, stderr: 'breakwater: line 2: not JSON (body.invalid-json)\n' })
      expect(await readdir(cwd)).toEqual([])
    })
  })

  test.for([
    ['SIGTERM', 0],
    ['SIGKILL', 1],
  ] as const)('%s in the middle leaves nothing under the name', async ([signal, leftovers]) => {
    await inFolder(async (cwd) => {
      const args = ['deid', '-', ...SAFE, '--format', 'ndjson', '--out', 'safe.ndjson']
      const child = startCli(args, { cwd })
      child.stdin.on('error', () => undefined)
      const ended = new Promise((resolve) => child.on('exit', (_code, by) => resolve(by)))
      child.stdin.write(lineOf(1, NOTE).repeat(50))
      // Half of the input is read and some of it written: the passing file is there.
      for (let files: string[] = []; files.length === 0; files = await readdir(cwd)) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      child.kill(signal)
      expect(await ended).toBe(signal)
      const files = await readdir(cwd)
      expect(files.filter((name) => name.startsWith('safe'))).toEqual([])
      expect(files).toHaveLength(leftovers)
      for (const name of files) expect(await modeOf(join(cwd, name))).toBe('600')
    })
  })
})

describe('deid of a folder', { timeout: 60_000 }, () => {
  async function makeNotes(cwd: string): Promise<void> {
    await mkdir(join(cwd, 'notes/ward'), { recursive: true })
    await writeFile(join(cwd, 'notes/first.txt'), NOTE)
    await writeFile(join(cwd, 'notes/ward/second.ndjson'), lineOf(1, NOTE) + lineOf(2, NOTE))
  }

  test('every file goes, under one manifest', async () => {
    await inFolder(async (cwd) => {
      await makeNotes(cwd)
      const { code, stderr } = await runCli(['deid', 'notes/', ...SAFE, '--out', 'safe/'], { cwd })
      expect(code).toBe(0)
      expect(stderr).toContain('3 documents')
      expect((await readdir(join(cwd, 'safe'), { recursive: true })).toSorted()).toEqual([
        'first.txt',
        'ward',
        'ward/second.ndjson',
      ])
      expect(await readFile(join(cwd, 'safe/ward/second.ndjson'), 'utf8')).toBe(
        lineOf(1, RELEASED) + lineOf(2, RELEASED),
      )
      expect(JSON.parse(await readFile(join(cwd, 'safe.manifest.json'), 'utf8'))).toMatchObject({
        documents: 3,
        outputs: [{ name: 'first.txt' }, { name: 'ward/second.ndjson' }],
      })
      expect([await modeOf(join(cwd, 'safe')), await modeOf(join(cwd, 'safe/first.txt'))]).toEqual(['700', '600'])
    })
  })

  test('a file name that holds an identifier does not pass', async () => {
    await inFolder(async (cwd) => {
      await makeNotes(cwd)
      await writeFile(join(cwd, 'notes/00123456.txt'), NOTE)
      await runCli(['deid', 'notes', ...SAFE, '--out', 'safe'], { cwd })
      expect(await readdir(join(cwd, 'safe'))).toEqual(['document-000001.txt', 'first.txt', 'ward'])
    })
  })

  test('a file that is neither text nor NDJSON stops it before anything is written', async () => {
    await inFolder(async (cwd) => {
      await makeNotes(cwd)
      await writeFile(join(cwd, 'notes/scan.pdf'), '%PDF')
      const refused = await runCli(['deid', 'notes', ...SAFE, '--out', 'safe'], { cwd })
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain('1 file neither text nor NDJSON by name')
      expect(await readdir(cwd)).toEqual(['notes'])
      expect((await runCli(['deid', 'notes', ...SAFE, '--out', 'safe', '--skip-others'], { cwd })).code).toBe(0)
      expect(await readdir(join(cwd, 'safe'))).toEqual(['first.txt', 'ward'])
    })
  })

  test('one bad file leaves nothing of the others', async () => {
    await inFolder(async (cwd) => {
      await makeNotes(cwd)
      await writeFile(join(cwd, 'notes/zz.ndjson'), 'SECRET\n')
      const { code, stderr } = await runCli(['deid', 'notes', ...SAFE, '--out', 'safe'], { cwd })
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: 'breakwater: file 3 by name, line 1: not JSON (body.invalid-json)\n',
      })
      expect(await readdir(cwd)).toEqual(['notes'])
    })
  })

  test('--force replaces files in a folder that is there, and leaves others alone', async () => {
    await inFolder(async (cwd) => {
      await makeNotes(cwd)
      await mkdir(join(cwd, 'safe'))
      await writeFile(join(cwd, 'safe/mine'), 'mine')
      expect((await runCli(['deid', 'notes', ...SAFE, '--out', 'safe'], { cwd })).code).toBe(1)
      expect((await runCli(['deid', 'notes', ...SAFE, '--out', 'safe', '--force'], { cwd })).code).toBe(0)
      expect(await readdir(join(cwd, 'safe'))).toEqual(['first.txt', 'mine', 'ward'])
    })
  })

  test.for([
    [['deid', 'notes', ...SAFE], '--out is missing'],
    [['deid', 'notes', ...SAFE, '--out', 'notes/safe'], '--out lies in the input folder'],
    [['deid', 'notes/ward', ...SAFE, '--out', 'notes'], '--out holds the input folder'],
  ] as const)('%j is not understood', async ([args, message]) => {
    await inFolder(async (cwd) => {
      await makeNotes(cwd)
      const { code, stderr } = await runCli(args, { cwd })
      expect({ code, told: stderr.includes(message) }).toEqual({ code: 2, told: true })
    })
  })
})
