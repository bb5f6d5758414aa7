import { createHash } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { UsageError } from '../../terminal.ts'
import { exists, manifestPath } from '../deid/one.ts'
import { describeFilePolicy } from './headers.ts'
import type { Review } from './review.ts'
import type { Site } from './site.ts'

/**
 * One document with everything in it: it loads nothing, sends nothing, and its own policy holds it to that. Contains
 * PHI, and says so.
 */
export function buildHtml({ html, script, style }: Site, review: Review): string {
  const list = review.list()
  const views = list.notes.map(({ index }) => review.view(index))
  const data = { ...review.list(), canCorrect: false, views }
  const policy = describeFilePolicy(digest(script), digest(style))
  const pieces: readonly (readonly [string, string])[] = [
    ['<!--policy-->', `<meta http-equiv="Content-Security-Policy" content="${policy}">`],
    ['<link rel="stylesheet" href="review.css">', `<style>${style}</style>`],
    [
      '<script type="module" src="review.js"></script>',
      `<script type="application/json" id="data">${escapeJson(JSON.stringify(data))}</script>\n<script type="module">${script}</script>`,
    ],
  ]
  return pieces.reduce((page, [mark, piece]) => {
    if (!page.includes(mark)) throw new TypeError('the page lacks a mark')
    // A function: `$&` in a note is no pattern.
    return page.replace(mark, () => piece)
  }, html)
}

/**
 * Refuses a place for PHI in what `deid` wrote to be released: the file of a manifest, or a folder of one, at any
 * depth. Throws UsageError.
 */
export async function refuseOutputFolder(option: string, path: string): Promise<void> {
  const folder = dirname(resolve(path))
  const real = await realpath(folder)
  for (const start of [resolve(path), folder, real]) {
    for (let at = start; ; at = dirname(at)) {
      if (await exists(manifestPath(at))) {
        throw new UsageError(`--${option} lies in an output of deid, and holds PHI: choose another place`)
      }
      if (at === dirname(at)) break
    }
  }
}

/** Throws UsageError unless the folder of a path is there. */
export async function requireFolder(option: string, path: string): Promise<void> {
  const isFolder = await stat(dirname(resolve(path))).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder) throw new UsageError(`--${option}: its folder is not there`)
}

/** Inside a script element only `<` ends or opens anything. */
function escapeJson(json: string): string {
  return json.replaceAll('<', '\\u003c')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
