import { execFileSync, spawnSync } from 'node:child_process'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'

/** Lays a kept home out as its version left it, its cluster owned by the account that the server runs PostgreSQL under. */
export async function unpackHome(archive: URL, home: string): Promise<void> {
  await mkdir(home, { recursive: true })
  const input = brotliDecompressSync(await readFile(archive))
  execFileSync('tar', ['-x', '-C', home, '--no-same-owner'], { input })
  await chmod(home, 0o711)
  if (process.getuid?.() !== 0) return
  const owner = spawnSync('id', ['-u', 'postgres']).status === 0 ? 'postgres' : 'nobody'
  execFileSync('chown', ['-R', `${owner}:`, join(home, 'postgres')])
}
