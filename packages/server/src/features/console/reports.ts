import type { Clock, Log } from '@breakwater/kernel'
import { z } from 'zod'

/** Directives of our own policy: what a report names beyond them is somebody's text. */
const REPORTED_DIRECTIVES = [
  'default-src',
  'script-src',
  'script-src-elem',
  'script-src-attr',
  'style-src',
  'style-src-elem',
  'style-src-attr',
  'img-src',
  'font-src',
  'connect-src',
  'form-action',
  'frame-ancestors',
  'base-uri',
  'object-src',
  'require-trusted-types-for',
  'trusted-types',
] as const

const directiveSchema = z.enum(REPORTED_DIRECTIVES)

/** By `report-to` (Reporting API) or by `report-uri` (CSP level 2). */
const reportsSchema = z.union([
  z
    .array(z.object({ body: z.object({ effectiveDirective: directiveSchema }) }))
    .max(100)
    .transform((reports) => reports.map(({ body }) => body.effectiveDirective)),
  z
    .object({ 'csp-report': z.object({ 'effective-directive': directiveSchema }) })
    .transform((report) => [report['csp-report']['effective-directive']]),
])

const MAX_LINES_A_MINUTE = 10
const MINUTE_MS = 60_000

/** Takes what a browser reports of a page that broke its policy, and writes the directives to the log, a few a minute. */
export type TakeReports = (document: unknown) => void

/** Anybody can send a report: it is a hint for who reads the log, and nothing is decided by it. */
export function createReports({ clock, log }: { readonly clock: Clock; readonly log: Log }): TakeReports {
  let minute = 0
  let lines = 0
  return (document) => {
    const directives = reportsSchema.safeParse(document)
    if (!directives.success) return
    const now = Math.floor(clock.now().getTime() / MINUTE_MS)
    if (now !== minute) [minute, lines] = [now, 0]
    for (const directive of new Set(directives.data)) {
      if (lines++ < MAX_LINES_A_MINUTE) log('console-policy-violated', { directive })
    }
  }
}
