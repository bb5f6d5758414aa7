// npm run judge:api [-- --short]: schemathesis asks the real server with the credential of each role. No answer may be a
// 5xx, hold what is not the caller's, or break the schema that the server publishes; a role gets a 2xx only where the
// table of requirements/authorisation-matrix.ts says so; and every route answers 2xx to somebody.
// API_JUDGE names the folder of install.sh. Exit status: 0 all as it must be, 1 not.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeApi } from '@breakwater/contract'
import { plantCanaries } from './canaries.ts'
import { describeRun } from './describe.ts'
import { isOfHolders } from './factors.ts'
import type { Cast } from './prepare.ts'
import { prepareExamples } from './prepare.ts'
import type { Run } from './runs.ts'
import { RUNS } from './runs.ts'
import type { Extent, Outcome } from './schemathesis.ts'
import { askWithSchemathesis, EXTENTS } from './schemathesis.ts'
import { judge } from './verdict.ts'
import type { Person, World } from './world.ts'
import { HOME_TENANT, openWorld, PUBLIC_URL } from './world.ts'

if (process.env['API_JUDGE'] === undefined) {
  process.stderr.write('API_JUDGE names the folder that bench/judges/api/install.sh installed schemathesis in\n')
  process.exit(2)
}
const startedMs = performance.now()
const extent: Extent = process.argv.includes('--short') ? EXTENTS.short : EXTENTS.long
const pattern = process.argv.find((argument) => argument.startsWith('--run='))?.slice('--run='.length)

const world = await openWorld()
const folder = await mkdtemp(join(tmpdir(), 'breakwater-judge-'))
try {
  const canaries = await plantCanaries(world.replica)
  const spare = { id: 'spare', kind: 'demo', isInternal: true, allowedAddresses: [], models: ['spare'] } as const
  await world.replica.services.providers.put({ tenant: HOME_TENANT, id: 'admin' }, spare)
  const outcomes: Outcome[] = []
  const published = describeApi('judged')
  const ask = async (run: Run): Promise<void> => {
    // Anew in each run: what they do needs factors shown within five minutes.
    const cast: Cast = {
      administrator: await world.signIn('administrator'),
      officer: await world.signIn('security-officer'),
      scientist: await world.signIn('data-scientist'),
    }
    const { self, headers, secrets } = await makeCredential(world, run)
    const examples = await prepareExamples(world, cast, self, run.only)
    const document = describeRun(published, examples, canaries.ids)
    const texts = [...canaries.texts, ...secrets]
    outcomes.push(await askWithSchemathesis({ run, extent, document, headers, texts, folder, world }))
    // Somebody may have shortened all sessions.
    if (run.only === 'putSessionPolicy') await resetSessions(world)
  }
  // What crosses first and alone, since others may freeze everything; then three at a time.
  const [first, ...others] = RUNS.filter(({ name }) => pattern === undefined || name.includes(pattern))
  if (first) await ask(first)
  const queue = [...others]
  const work = async (): Promise<void> => {
    for (let run = queue.shift(); run; run = queue.shift()) await ask(run)
  }
  await Promise.all([work(), work(), work()])
  const isRight = judge(outcomes, { seconds: (performance.now() - startedMs) / 1_000, isWhole: pattern === undefined })
  process.exitCode = isRight ? 0 : 1
} finally {
  await world.close()
  await rm(folder, { recursive: true, force: true })
}

interface Credential {
  readonly self: Person | { readonly id: string }
  readonly headers: Readonly<Record<string, string>>
  /** What must not come back either. */
  readonly secrets: readonly string[]
}

/** A person just signed in, the token of a service, or nothing at all: new in each run. */
async function makeCredential(world: World, { role, name, only }: Run): Promise<Credential> {
  const { services } = world.replica
  const browser = { 'user-agent': 'Test/1.0', 'sec-fetch-site': 'same-origin', origin: PUBLIC_URL }
  if (role === undefined) return { self: { id: 'nobody' }, headers: browser, secrets: [] }
  if (role === 'application') {
    const by = { tenant: HOME_TENANT, id: 'admin' }
    const id = `${name}-${Date.now()}`
    const purposes = ['TREAT', 'HPAYMT'] as const
    await services.principals.put(by, { id, kind: 'service', roles: [role], purposes, mayRestore: true })
    const { token } = await services.principals.issueToken(by, id, { ttlSeconds: 7_200, isSeed: true })
    return { self: { id }, headers: { authorization: `Bearer ${token}` }, secrets: [token] }
  }
  const self = isOfHolders(only) ? await world.enrolHolder(role) : await world.signIn(role)
  const secret = self.cookies.get('__Host-breakwater') ?? ''
  return { self, headers: { ...browser, cookie: `__Host-breakwater=${secret}` }, secrets: [secret] }
}

async function resetSessions({ replica: { services } }: World): Promise<void> {
  const policy = { idleSeconds: 900, absoluteSeconds: 28_800, onConcurrentUse: 'flag', maxSessions: 5 } as const
  await services.sessions.putPolicy({ tenant: HOME_TENANT, id: 'admin' }, policy)
}
