import { mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Makes a folder that only this account can enter; gives the folders that must be synced for it to last. */
export async function makeDir(dir: string): Promise<readonly string[]> {
  const made = await mkdir(dir, { recursive: true, mode: 0o700 })
  if (made === undefined) return []
  // Each new folder is an entry of its parent.
  const parents: string[] = []
  for (let at = dir; at.length >= made.length; at = dirname(at)) parents.push(dirname(at))
  return parents
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

/** Makes what was made and renamed in folders durable. Together, because a file system syncs many at the price of one. */
export async function syncDirs(dirs: Iterable<string>): Promise<void> {
  await Promise.all(
    Array.from(new Set(dirs), async (dir) => {
      const handle = await open(dir, 'r')
      try {
        await handle.sync()
      } finally {
        await handle.close()
      }
    }),
  )
}
