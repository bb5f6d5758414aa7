import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@breakwater/kernel'
import type { Terminal } from '../terminal.ts'

/** The folder of this machine's server: docs/operations.md lists what is in it. */
export function homeOf({ environment }: Pick<Terminal, 'environment'>): string {
  return environment['BREAKWATER_HOME'] ?? '.breakwater'
}

/** Reads a small text file of the home folder. Throws `config.invalid`, naming the file. */
export async function readHomeFile(terminal: Pick<Terminal, 'environment'>, name: string): Promise<string> {
  try {
    return await readFile(join(homeOf(terminal), name), 'utf8')
  } catch (cause) {
    throw new AppError('config.invalid', {
      message: `${name} cannot be read in BREAKWATER_HOME: has the server been started here?`,
      cause,
    })
  }
}
