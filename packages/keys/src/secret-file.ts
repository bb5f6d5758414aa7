import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError, isOpenToOthers } from '@breakwater/kernel'

/** Undefined when there is none. Throws `keys.unavailable` when other accounts may open it. */
export async function readSecretFile(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw unavailable('a key file cannot be opened', error)
  })
  if (!file) return undefined
  try {
    if (isOpenToOthers(await file.stat())) throw unavailable('a key file is open to other accounts')
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/**
 * Writes a file of mode 0600 in a folder of mode 0700, whole and durable, or not at all. `ifAbsent`: gives false, and
 * changes nothing, when another process was first.
 */
export async function writeSecretFile(
  path: string,
  text: string,
  { ifAbsent = false }: { readonly ifAbsent?: boolean } = {},
): Promise<boolean> {
  const dir = dirname(path)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const draft = join(dir, `.${crypto.randomUUID()}`)
  try {
    await sync(await open(draft, 'wx', 0o600), text)
    // A link fails where a file is; a rename takes its place.
    if (ifAbsent) await link(draft, path)
    else await rename(draft, path)
    await sync(await open(dir, 'r'))
    return true
  } catch (error) {
    if (ifAbsent && hasCode(error, 'EEXIST')) return false
    throw unavailable('a key file cannot be written', error)
  } finally {
    await rm(draft, { force: true })
  }
}

async function sync(file: Awaited<ReturnType<typeof open>>, text?: string): Promise<void> {
  try {
    if (text !== undefined) await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

export function unavailable(message: string, cause?: unknown): AppError {
  return new AppError('keys.unavailable', { message, cause })
}
