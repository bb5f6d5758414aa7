import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ERROR_CODES } from '@breakwater/kernel'
import { DELIBERATE } from './exemptions.ts'
import type { Run } from './runs.ts'
import { RUNS } from './runs.ts'
import type { World } from './world.ts'

const WATCH = fileURLToPath(new URL('watch.py', import.meta.url))

// The same cases for the same server; each answer is looked at by watch.py as well.
const OPTIONS = {
  seed: '20261122',
  workers: '1',
  'max-redirects': '0',
  'request-timeout': '30',
  checks: 'content_type_conformance,response_schema_conformance',
  'suppress-health-check': 'all',
  'generation-database': 'none',
  'generation-with-security-parameters': 'false',
  warnings: 'off',
}

/** How much is asked: phases, and cases that fuzzing makes of each route in each run. */
export interface Extent {
  readonly phases: string
  readonly examples: number
  readonly maxSeconds: number
}
export const EXTENTS = {
  short: { phases: 'examples', examples: 1, maxSeconds: 30 },
  long: { phases: 'examples,coverage,fuzzing', examples: 6, maxSeconds: 75 },
} as const satisfies Record<string, Extent>

type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>

export interface Violation {
  readonly route: string
  readonly status: number
  readonly detail: string
}

/** What watch.py saw in one run. */
export interface Outcome {
  readonly run: Run
  /** By route, then by HTTP status. */
  readonly statuses: Counts
  /** By route, then by the code of the refusal. */
  readonly codes: Counts
  readonly violations: Readonly<Record<string, readonly Violation[]>>
  readonly seconds: number
  /** 0: every answer was of the published schema and content type. */
  readonly exitCode: number
  readonly output: string
}

export interface Ask {
  readonly run: Run
  readonly extent: Extent
  readonly document: unknown
  readonly headers: Readonly<Record<string, string>>
  /** What no answer may hold. */
  readonly texts: readonly string[]
  readonly folder: string
  readonly world: World
}

/** Runs it once, with one credential, against the judged server. */
export async function askWithSchemathesis(ask: Ask): Promise<Outcome> {
  const { run, extent, document, headers, texts, folder, world } = ask
  const startedMs = performance.now()
  const own = join(folder, String(RUNS.indexOf(run)))
  await mkdir(own)
  const file = (name: string): string => join(own, name)
  await writeFile(file('openapi.json'), JSON.stringify(document))
  await writeFile(file('rules.json'), JSON.stringify({ codes: ERROR_CODES, canaries: texts, deliberate: DELIBERATE }))
  const options = {
    url: world.server.origin.replace('localhost', '127.0.0.1'),
    'tls-verify': world.caFile,
    phases: extent.phases,
    'max-examples': String(extent.examples),
    'max-time': String(extent.maxSeconds),
    ...(run.only !== undefined && { 'include-operation-id': run.only }),
    ...OPTIONS,
  }
  const child = spawn(
    join(process.env['API_JUDGE'] ?? '', 'venv', 'bin', 'st'),
    [
      'run',
      file('openapi.json'),
      '--no-shrink',
      '--continue-on-failure',
      '--no-color',
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
      ...(run.without ?? []).flatMap((route) => ['--exclude-operation-id', route]),
      ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ],
    {
      cwd: own,
      env: {
        ...process.env,
        SCHEMATHESIS_HOOKS: WATCH,
        JUDGE_RULES: file('rules.json'),
        JUDGE_TALLY: file('tally.json'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const printed: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => printed.push(chunk))
  await once(child, 'close')
  const tally = JSON.parse(await readFile(file('tally.json'), 'utf8')) as Pick<
    Outcome,
    'statuses' | 'codes' | 'violations'
  >
  return {
    run,
    ...tally,
    seconds: (performance.now() - startedMs) / 1_000,
    exitCode: child.exitCode ?? -1,
    output: Buffer.concat(printed).toString(),
  }
}
