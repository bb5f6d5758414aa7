import { AppError } from '@breakwater/kernel'
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { ServerEnv } from '../../platform/http/env.ts'
import { readBytes } from '../../platform/http/body.ts'
import { parseStrictJson } from '../../platform/http/strict-json.ts'
import { describeHeaders, REPORTS_PATH } from './headers.ts'
import type { TakeReports } from './reports.ts'
import type { Asset, Site } from './site.ts'

const HOME = '/console/'
// Pages are named in words: what looks like a file is one of the table or none.
const PAGE_PATH = /^\/console\/[a-z0-9/-]*$/

export interface ConsoleDeps {
  /** Undefined: not built. */
  readonly site: Site | undefined
  readonly takeReports: TakeReports
}

const MAX_REPORT_BYTES = 16_384

/**
 * The console's files, without a guard: they hold no data. Served from memory, so that no path can reach the disk. Its
 * pages are routes of the browser's, hence one document for all of them.
 */
export function consoleRoutes({ site, takeReports }: ConsoleDeps): Hono<ServerEnv> {
  const answer = (kind: 'page' | 'asset', { body, contentType }: Asset): Response =>
    new Response(body, { headers: describeHeaders(kind, contentType) })

  const readBuilt = (): Site => {
    if (site) return site
    throw new AppError('console.not-built', { message: 'run `npm run build -w packages/console`, then start again' })
  }

  return (
    new Hono<ServerEnv>()
      .get('/', (c) => c.redirect(HOME))
      .get('/console', (c) => c.redirect(HOME))
      // A browser keeps the fragment through these: the secret of an invitation, the code of a log-in that failed.
      .get('/enrol', (c) => c.redirect(`${HOME}enrol`))
      .get('/sign-in', (c) => c.redirect(HOME))
      .get('/device', (c) => c.redirect(`${HOME}device${new URL(c.req.url).search}`))
      .post(REPORTS_PATH, async (c) => {
        takeReports(parseStrictJson(await readBytes(c.req.raw, MAX_REPORT_BYTES)))
        return c.body(null, 204)
      })
      .get('/console/assets/:name', (c) => {
        const asset = readBuilt().assets.get(c.req.param('name'))
        if (!asset) throw unknown()
        return answer('asset', asset)
      })
      .get('/console/*', (c) => {
        if (!PAGE_PATH.test(c.req.path) || !asksForDocument(c)) throw unknown()
        return answer('page', readBuilt().index)
      })
  )
}

/** What asks for a page as a script, a style or a frame gets none (ASVS 3.2.1). Programs send no such header. */
function asksForDocument(c: Context): boolean {
  const destination = c.req.header('sec-fetch-dest')
  return destination === undefined || destination === 'document'
}

function unknown(): AppError {
  return new AppError('route.unknown', { message: 'no such file of the console' })
}
