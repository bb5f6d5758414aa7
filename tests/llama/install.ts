import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { LlamaModule } from './engine.ts'

const run = promisify(execFile)
const PACKAGE = fileURLToPath(new URL('engine', import.meta.url))
const LOCK = 'package-lock.json'

/**
 * The engine as its authors built it for Linux on x64 (85 MB), installed in a folder once, on its own lock: the product
 * neither ships nor knows it. Needs the registry the first time.
 */
export async function installLlama(folder: string): Promise<LlamaModule> {
  const lock = await readFile(join(PACKAGE, LOCK), 'utf8')
  const marker = join(folder, 'installed-lock.json')
  if ((await readFile(marker, 'utf8').catch(() => '')) !== lock) {
    await mkdir(folder, { recursive: true })
    await cp(PACKAGE, folder, { recursive: true })
    // What is optional is for other machines and graphics cards: 640 MB. Its script would build from source.
    await run('npm', ['install', '--no-save', '--omit=optional', '--ignore-scripts'], { cwd: folder })
    await writeFile(marker, lock)
  }
  const entry = join(folder, 'node_modules', 'node-llama-cpp', 'dist', 'index.js')
  const llama: LlamaModule = await import(pathToFileURL(entry).href)
  return llama
}
