import { createRemover } from './remover.ts'
import type { FindRemovals } from './remover.ts'
import { readToken } from './forms.ts'
import type { RestoreTable } from './restorer.ts'
import type { GuardTally } from './step.ts'

const MAX_ADDRESS_CHARS = 2_048
const BETWEEN = /[/?&=#+;,]+/g
const INSIDE = /[-_.~]+/g
const FIRST_LETTER = /(?<![\p{L}\p{M}])\p{Ll}/gu
const TOKENS_OR_WORDS = /[\p{L}\p{N}]/u

/**
 * The guard of an address that an answer cites, or of what it says went to a search engine. A public page is no identifier
 * by being one: it passes while neither its host nor any word or number behind it identifies, without what stands behind
 * its host where that does, and not at all where the host does. No value is put back into it; an address that is all of
 * it the caller's own comes back.
 */
export async function guardAddress(
  address: string,
  find: FindRemovals,
  table: RestoreTable,
  tally: GuardTally,
): Promise<string> {
  const own = findOwn(address, table)
  if (own !== undefined) {
    tally.restored.set('url', (tally.restored.get('url') ?? 0) + 1)
    return own
  }
  const url = readUrl(address)
  if (url === undefined) return remove(address, find, tally)
  const [host, rest] = [url.hostname, address.slice(address.indexOf(url.host) + url.host.length)]
  if (!(await isClean([host.replace(INSIDE, ' ')], find))) return remove(address, find, tally)
  if (await isClean(viewsOf(rest), find)) return address
  tally.removed.set('url', (tally.removed.get('url') ?? 0) + 1)
  return `${url.origin}/`
}

function findOwn(address: string, table: RestoreTable): string | undefined {
  const reading = readToken(address, 0)
  const known = reading?.kind === 'whole' && reading.end === address.length ? table.find(reading.token) : undefined
  return known?.class === 'URL' && known.isRestorable ? known.surface : undefined
}

/** Of the web, without credentials, spelled as its parser spells its host. */
function readUrl(address: string): URL | undefined {
  if (address.length > MAX_ADDRESS_CHARS || !/^https?:\/\//.test(address)) return undefined
  const url = URL.parse(address)
  const isPlain = url !== null && url.username === '' && url.password === '' && address.startsWith(url.origin)
  return isPlain && /[a-z]$/.test(url.hostname) ? url : undefined
}

/** What stands behind a host, as a person would read it: numbers with their hyphens, words of a title with capitals. */
function viewsOf(rest: string): string[] {
  const text = decode(rest).replace(BETWEEN, ' ')
  const words = text.replace(INSIDE, ' ').replace(FIRST_LETTER, (letter) => letter.toUpperCase())
  return [text, text.replace(INSIDE, ' '), words].filter((view) => TOKENS_OR_WORDS.test(view))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function isClean(views: readonly string[], find: FindRemovals): Promise<boolean> {
  for (const view of views) if ((await find(view)).length > 0) return false
  return true
}

async function remove(text: string, find: FindRemovals, tally: GuardTally): Promise<string> {
  const remover = createRemover(find, tally)
  return (await remover.push(text)) + (await remover.end())
}
