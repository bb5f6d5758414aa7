import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Installs pinned releases in a virtual environment, once; true: it was not there, or had other pins. Needs Python 3.10 with
 * venv, and its package index the first time.
 */
export async function installPins(venv: string, pins: string): Promise<boolean> {
  const installed = join(venv, 'installed.txt')
  if (existsSync(installed) && (await readFile(installed, 'utf8')) === (await readFile(pins, 'utf8'))) return false
  await run('python3', ['-m', 'venv', '--clear', venv])
  const only = ['--quiet', '--no-deps', '--only-binary', ':all:']
  await run(join(venv, 'bin', 'pip'), ['install', ...only, '--requirement', pins])
  await copyFile(pins, installed)
  return true
}
