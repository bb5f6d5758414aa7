import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'

/** The page's three parts. They hold no data. */
export interface Site {
  readonly html: string
  readonly script: string
  readonly style: string
}

/** In the order in which they need each other; what one of them declares no other declares. */
const MODULES = ['dom', 'words', 'edits', 'api', 'evidence', 'text-pane', 'note-list', 'picker', 'help', 'desk', 'main']

const IMPORT = /^import\s[^;'"]*?from\s+['"][^'"]+['"];?$/gm
const EXPORT = /^export (?=(?:async )?(?:const|function|class|let)\b)/gm
const TRAILER = /^(?:export \{\};?|\/\/# sourceMappingURL=.*)$/gm

/** Reads the page and joins its modules into one script: a page from the disk can load none. */
export async function readSite(): Promise<Site> {
  const folder = new URL('page/', import.meta.url)
  const isSource = existsSync(new URL('main.ts', folder))
  const parts: string[] = []
  for (const name of MODULES) {
    const text = await readFile(new URL(`${name}.${isSource ? 'ts' : 'js'}`, folder), 'utf8')
    parts.push((isSource ? stripTypes(text) : text).replace(IMPORT, '').replace(TRAILER, '').replace(EXPORT, '').trim())
  }
  const assets = new URL('../../../review/', import.meta.url)
  return {
    html: await readFile(new URL('index.html', assets), 'utf8'),
    style: await readFile(new URL('style.css', assets), 'utf8'),
    script: `${parts.join('\n\n')}\n`,
  }
}

/** As Node itself does with every file of this program; this door alone warns that it may change. */
function stripTypes(text: string): string {
  const own = Object.getOwnPropertyDescriptor(process, 'emitWarning')
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(text)
  } finally {
    if (own) Object.defineProperty(process, 'emitWarning', own)
  }
}
