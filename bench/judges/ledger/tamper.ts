import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** One way to falsify a log on disk. */
export interface Tampering {
  readonly name: string
  /** Changes the copy; gives the checkpoint that the judge has seen before, where that is what catches it. */
  apply(copy: string): Promise<{ readonly seen?: string }>
}

/** What must be refused, on copies of a log. `older` is a genuine checkpoint of the same log, over fewer entries. */
export function listTamperings(logDir: string, older: string | undefined): readonly Tampering[] {
  const rollback: Tampering = {
    name: 'checkpoint put back to an older, genuine one',
    async apply(copy) {
      if (older !== undefined) await cp(older, join(copy, 'checkpoint'))
      return { seen: join(logDir, 'checkpoint') }
    },
  }
  return [
    {
      name: 'byte flipped in an entry',
      apply: async (copy) => flipByte(await findFile(copy, 'tile/entries', 'first')),
    },
    {
      name: 'byte flipped in the last entries',
      apply: async (copy) => flipByte(await findFile(copy, 'tile/entries', 'last')),
    },
    { name: 'byte flipped in a tile', apply: async (copy) => flipByte(await findFile(copy, 'tile/0', 'first')) },
    { name: 'byte flipped in the checkpoint', apply: async (copy) => flipByte(join(copy, 'checkpoint')) },
    { name: 'tail dropped: last bundle shortened', apply: shortenTail },
    { name: 'tail dropped: last bundle removed', apply: removeTail },
    { name: 'checkpoint edited: a smaller size', apply: async (copy) => editSize(copy, -1) },
    { name: 'checkpoint edited: a larger size', apply: async (copy) => editSize(copy, 1) },
    ...(older === undefined ? [] : [rollback]),
  ]
}

async function flipByte(path: string): Promise<object> {
  const bytes = await readFile(path)
  const at = Math.floor(bytes.length / 2)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await writeFile(path, bytes)
  return {}
}

/** The first or last tile of a level; of the partial ones left by several checkpoints, the widest. */
async function findFile(copy: string, level: string, which: 'first' | 'last'): Promise<string> {
  const files = await readdir(join(copy, level), { recursive: true, withFileTypes: true })
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
  const key = (path: string): string => path.replaceAll(/\d+/g, (digits) => digits.padStart(4, '0'))
  // A full tile makes the partial ones beside it idle.
  const isIdle = (path: string): boolean => path.includes('.p/') && paths.includes(path.replace(/\.p\/\d+$/, ''))
  const live = paths.filter((path) => !isIdle(path))
  const widest = live.filter((path) => isWidest(path, live)).sort((a, b) => (key(a) < key(b) ? -1 : 1))
  const found = which === 'first' ? widest[0] : widest.at(-1)
  if (found === undefined) throw new Error(`no files under ${level}`)
  return found
}

function isWidest(path: string, all: readonly string[]): boolean {
  const dir = dirname(path)
  if (!dir.endsWith('.p')) return true
  const widths = all.filter((other) => dirname(other) === dir).map((other) => Number(other.slice(dir.length + 1)))
  return Number(path.slice(dir.length + 1)) === Math.max(...widths)
}

async function shortenTail(copy: string): Promise<object> {
  const path = await findFile(copy, 'tile/entries', 'last')
  const bytes = await readFile(path)
  let at = 0
  let last = 0
  while (at < bytes.length) {
    last = at
    at += 2 + bytes.readUInt16BE(at)
  }
  await writeFile(path, bytes.subarray(0, last))
  return {}
}

async function removeTail(copy: string): Promise<object> {
  await rm(await findFile(copy, 'tile/entries', 'last'))
  return {}
}

async function editSize(copy: string, by: number): Promise<object> {
  const path = join(copy, 'checkpoint')
  const [origin, size, ...rest] = (await readFile(path, 'utf8')).split('\n')
  await writeFile(path, [origin, String(Number(size) + by), ...rest].join('\n'))
  return {}
}
