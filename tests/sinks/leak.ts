// Loaded into the server by --import: on SIGUSR2 it leaks, in each place where a process can. Shows that the search finds it.
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DETECTABLE, UNDETECTABLE } from './canaries.ts'

const text = (value: string | undefined): string => value ?? ''

async function leak(): Promise<void> {
  process.stdout.write(`${JSON.stringify({ event: 'leak', body: text(UNDETECTABLE['quoted']) })}\n`)
  process.stderr.write(`cannot parse ${text(DETECTABLE['family name'])}\n`)
  await writeFile(join(tmpdir(), 'upload-1'), Buffer.from(text(UNDETECTABLE['script']), 'utf16le'))
  const home = text(process.env['BREAKWATER_HOME'])
  await writeFile(join(home, 'cache.json'), Buffer.from(`{"n":"${text(DETECTABLE['given name'])}"}`).toString('base64'))
  const tiles = join(home, 'log', 'tile', 'entries', 'x999')
  await mkdir(tiles, { recursive: true })
  await writeFile(join(tiles, '000'), text(DETECTABLE['record number']))
}

process.on('SIGUSR2', () => {
  void leak().finally(() => process.stdout.write('leaked\n'))
})
