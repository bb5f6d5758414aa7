import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// A PostgreSQL whose server was killed shuts down meanwhile, and still writes.
const REMOVAL = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }

export interface ScratchHome {
  readonly home: string
  /** For the server's own temporary files. Short, because sockets lie there. */
  readonly temporary: string
  remove(): Promise<void>
}

/** A home folder for one test, in a place that the account of PostgreSQL can enter when root runs the test. */
export async function makeScratchHome(): Promise<ScratchHome> {
  const folder = await mkdtemp(join(tmpdir(), 'bw-'))
  await chmod(folder, 0o755)
  const home = join(folder, 'home')
  const temporary = join(folder, 'tmp')
  await mkdir(temporary, { mode: 0o777 })
  await chmod(temporary, 0o777)
  return {
    home,
    temporary,
    async remove() {
      const cluster = await realpath(join(home, 'postgres')).catch(() => home)
      await rm(folder, REMOVAL)
      await rm(cluster, REMOVAL)
    },
  }
}
