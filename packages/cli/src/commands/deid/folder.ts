import { createReadStream, rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path'
import { AppError } from '@breakwater/kernel'
import { formatCount } from '../../io/format.ts'
import { createProgress } from '../../io/progress.ts'
import type { Progress } from '../../io/progress.ts'
import { createConflict, createStagedFile } from '../../io/staged-file.ts'
import { UsageError } from '../../terminal.ts'
import type { Terminal } from '../../terminal.ts'
import type { Job } from './job.ts'
import { formatManifest, writeManifest } from './manifest-file.ts'
import type { Output } from './manifest-file.ts'
import { exists, manifestPath } from './one.ts'
import type { Made } from './one.ts'
import { guessFormat, transform } from './transform.ts'
import type { Format } from './transform.ts'

export interface Folder {
  readonly input: string
  readonly out?: string | undefined
  readonly isForced: boolean
  readonly isDry: boolean
  readonly skipsOthers: boolean
  readonly job: Job
  readonly terminal: Terminal
  readonly now: () => number
}

interface Source {
  readonly path: string
  readonly format: Format
  readonly bytes: number
  /** Below the output folder. */
  readonly target: string
}

/** Transforms every text and NDJSON file of a folder and the folders in it. */
export async function deidFolder(task: Folder): Promise<Made> {
  const { input, out, isForced, isDry, terminal, now } = task
  if (out === undefined && !isDry) throw new UsageError('--out is missing: a folder goes to a folder')
  if (out !== undefined && isInside(out, input)) throw new UsageError('--out lies in the input folder')
  if (out !== undefined && isInside(input, out)) throw new UsageError('--out holds the input folder')
  if (out !== undefined && !isForced && !isDry && ((await exists(out)) || (await exists(manifestPath(out))))) {
    throw createConflict()
  }
  const { sources, renamed } = await listSources(task)
  const totalBytes = sources.reduce((total, { bytes }) => total + bytes, 0)
  const progress = createProgress({ terminal, totalBytes, now })
  try {
    if (isDry || out === undefined) {
      for (const [index, { path, format, target: name }] of sources.entries()) {
        const input = createReadStream(path)
        const write = async (): Promise<void> => undefined
        await atFile(index, transform({ name, format, input, job: task.job, progress, write }))
      }
      return { paths: [], numbered: renamed }
    }
    await publish(sources, out, task, progress)
  } finally {
    progress.end()
  }
  return { paths: [out, manifestPath(out)], numbered: renamed }
}

async function listSources({ input, skipsOthers, job }: Folder): Promise<{ sources: Source[]; renamed: number }> {
  const entries = await readdir(input, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({ path: join(entry.parentPath, entry.name), isFile: entry.isFile() }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const sources: Source[] = []
  let others = 0
  let renamed = 0
  for (const { path, isFile } of paths) {
    const format = guessFormat(path)
    if (!isFile || !format) {
      others++
      continue
    }
    const name = relative(input, path)
    const isRenamed = name.split(sep).some((part) => job.isIdentifying(basename(part, extname(part))))
    if (isRenamed) renamed++
    const target = isRenamed ? `document-${String(renamed).padStart(6, '0')}${extname(path)}` : name
    sources.push({ path, format, target, bytes: (await stat(path)).size })
  }
  if (others > 0 && !skipsOthers) {
    throw new AppError('body.media-refused', {
      message: `${formatCount(others, 'file')} neither text nor NDJSON by name, or links; --skip-others leaves such files out`,
    })
  }
  return { sources, renamed }
}

/** A refusal names the file by its number in the order of names, since a name may identify somebody. */
async function atFile<Value>(index: number, work: Promise<Value>): Promise<Value> {
  return work.catch((cause: unknown) => {
    if (!(cause instanceof AppError)) throw cause
    throw new AppError(cause.code, { message: `file ${index + 1} by name, ${cause.message}`, cause })
  })
}

/** Everything is made beside the output's place and takes its name at the end. */
async function publish(sources: readonly Source[], out: string, task: Folder, progress: Progress): Promise<void> {
  const { isForced, job, terminal } = task
  const { onKilled } = terminal
  const staged = await mkdtemp(join(dirname(resolve(out)), `.${basename(out)}.`))
  const forget = onKilled(() => rmSync(staged, { recursive: true, force: true }))
  try {
    const outputs: Output[] = []
    for (const [index, source] of sources.entries()) {
      const path = join(staged, source.target)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const file = await createStagedFile({ path, isForced: false, onKilled: () => () => undefined })
      try {
        const input = createReadStream(source.path)
        const { format, target: name } = source
        const written = await atFile(index, transform({ name, format, input, job, progress, write: file.write }))
        // A text that is held leaves no file.
        if (written === 0 && format === 'text') continue
        outputs.push({ name: source.target, sha256: await file.finish() })
        await file.publish()
      } finally {
        await file.discard()
      }
    }
    await writeManifest(
      { path: manifestPath(out), isForced, onKilled },
      formatManifest(job.manifest(), outputs, job.held().length),
    )
    if (isForced && (await exists(out))) await replaceFiles(staged, out, outputs)
    else await rename(staged, out)
  } finally {
    forget()
    await rm(staged, { recursive: true, force: true })
  }
}

/** Into a folder that is there: file by file, each whole; other files in it stay. */
async function replaceFiles(staged: string, out: string, outputs: readonly Output[]): Promise<void> {
  for (const { name } of outputs) {
    await mkdir(dirname(join(out, name)), { recursive: true, mode: 0o700 })
    await rename(join(staged, name), join(out, name))
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(resolve(folder), resolve(path))
  return way === '' || (!way.startsWith('..') && way !== resolve(path))
}
