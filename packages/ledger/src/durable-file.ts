import { mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Makes a folder that only this account can enter, and keeps it through a power cut. */
export async function makeDir(dir: string): Promise<void> {
  const made = await mkdir(dir, { recursive: true, mode: 0o700 })
  if (made === undefined) return
  // Each new folder is an entry of its parent.
  for (let at = dir; at.length >= made.length; at = dirname(at)) await syncDir(dirname(at))
}

/** Replaces a file in one step: readers see the old or the new one, whole. The caller syncs the folder. */
export async function replaceFile(path: string, bytes: Uint8Array, tempDir: string): Promise<void> {
  const draft = join(tempDir, crypto.randomUUID())
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}

/** Makes renames in a folder durable. */
export async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
