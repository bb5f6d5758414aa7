import { createReadStream } from 'node:fs'
import { lstat, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError } from '@breakwater/kernel'
import { createSink } from '../../io/sink.ts'
import { createConflict, createStagedFile } from '../../io/staged-file.ts'
import { createProgress, NO_PROGRESS } from '../../io/progress.ts'
import { UsageError } from '../../terminal.ts'
import type { Terminal } from '../../terminal.ts'
import type { Job } from './job.ts'
import { formatManifest, writeManifest } from './manifest-file.ts'
import { transform } from './transform.ts'
import type { Format } from './transform.ts'

export interface OneFile {
  /** `-` is stdin. */
  readonly input: string
  /** Left out: stdout. */
  readonly out?: string | undefined
  readonly format: Format
  readonly isForced: boolean
  readonly isDry: boolean
  readonly job: Job
  readonly terminal: Terminal
  readonly now: () => number
}

/** Where the manifest of an output lies. */
export function manifestPath(out: string): string {
  return `${out.replace(/\/+$/, '')}.manifest.json`
}

/** What a run made. */
export interface Made {
  /** Paths, output first. */
  readonly paths: readonly string[]
  /** Files whose names seemed to hold an identifier, and which are numbered instead. */
  readonly numbered: number
}

/** Transforms a file or stdin. */
export async function deidOne(task: OneFile): Promise<Made> {
  const { input, out, format, isForced, isDry, job, terminal, now } = task
  const totalBytes = input === '-' ? undefined : (await stat(input)).size
  if (out !== undefined && input !== '-' && (await areSame(out, input))) {
    throw new UsageError('--out is the input itself')
  }
  if (out !== undefined && !isForced && !isDry && ((await exists(out)) || (await exists(manifestPath(out))))) {
    throw createConflict()
  }
  const source = input === '-' ? terminal.stdin : createReadStream(input)
  // On one screen, text and bar would run into each other.
  const isShared = out === undefined && !isDry && terminal.stdout.isTTY === true
  const progress = isShared ? NO_PROGRESS : createProgress({ terminal, totalBytes, now })
  const work = { name: format === 'text' ? 'the text' : 'the input', format, input: source, job, progress }
  try {
    if (isDry) refuseHeld(await transform({ ...work, write: async () => undefined }), task)
    else if (out === undefined) {
      const sink = createSink(terminal.stdout)
      refuseHeld(await transform({ ...work, write: sink.write }), task)
      await sink.flush()
    } else {
      await publish(out, task, async (write) => refuseHeld(await transform({ ...work, write }), task))
      return { paths: [out, manifestPath(out)], numbered: 0 }
    }
    return { paths: [], numbered: 0 }
  } finally {
    progress.end()
  }
}

/** Of several documents the others go out; of one nothing does. */
function refuseHeld(written: number, { format }: OneFile): void {
  if (format === 'ndjson' || written > 0) return
  throw new AppError('residual.found', {
    message:
      'the second detector still sees an identifier after the transform: held, nothing written; breakwater review shows where',
  })
}

/** The manifest goes first: no output is ever seen without it. */
async function publish(
  out: string,
  { isForced, job, terminal: { onKilled } }: OneFile,
  work: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const file = await createStagedFile({ path: out, isForced, onKilled })
  try {
    await work(file.write)
    const sha256 = await file.finish()
    const manifest = formatManifest(job.manifest(), [{ name: basename(out), sha256 }], job.held().length)
    await writeManifest({ path: manifestPath(out), isForced, onKilled }, manifest)
    await file.publish()
  } finally {
    await file.discard()
  }
}

/** Whether both names lead to one file, by links too. */
async function areSame(path: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(path).catch(() => undefined), stat(other)])
  return a !== undefined && a.ino === b.ino && a.dev === b.dev
}

export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
      throw error
    },
  )
}
