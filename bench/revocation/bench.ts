import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { issuedScimTokenSchema, issuedTokenSchema } from '@breakwater/contract'
import { z } from 'zod'
import type { World } from '../judges/api/world.ts'
import { HOME_TENANT, openWorld } from '../judges/api/world.ts'

export const HELP = `npm run bench -- revocation [options]
  --samples N   of each kind (100)
  --poll-ms N   how often the other replica is asked (5)
Two replicas on one PostgreSQL: one in this process, where access is taken away, and the real server in a process of its own,
which is asked over TLS 1.3 until it refuses. Each sample was let in there right before, so that what that replica holds in
memory is as fresh as it can be. The time begins when the first replica has answered.`

const WHOAMI = '/api/v1/whoami'
const BOUND_MS = 5_000
const SELF = { tenant: HOME_TENANT, id: 'breakwater' }
const resourceSchema = z.looseObject({ id: z.string() })

/** Something that lets a caller in, and how it is taken away on the first replica. */
interface Access {
  readonly headers: Readonly<Record<string, string>>
  revoke(): Promise<void>
}

/** Prints p50 and p99 of revocation on the other replica, for API keys, sessions and SCIM. Fails above five seconds. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      samples: { type: 'string', default: '100' },
      'poll-ms': { type: 'string', default: '5' },
    },
  })
  const samples = Number(values.samples)
  const world = await openWorld()
  try {
    const figures: Record<string, object> = {}
    for (const [name, grant] of await prepare(world)) {
      const waitsMs: number[] = []
      for (let index = 0; index < samples; index++) waitsMs.push(await measure(world, await grant(), values['poll-ms']))
      const [p50Ms, p99Ms, maxMs] = [0.5, 0.99, 1].map((share) => Math.round(quantile(waitsMs, share)))
      figures[name] = { samples, p50Ms, p99Ms, maxMs }
      console.log(`${name.padEnd(10)} p50 ${p50Ms} ms   p99 ${p99Ms} ms   max ${maxMs} ms   ${samples} samples`)
      if ((p99Ms ?? Infinity) > BOUND_MS) process.exitCode = 1
    }
    console.log(JSON.stringify(figures))
  } finally {
    await world.close()
  }
}

/** Milliseconds from the first replica's answer until the other one refuses. */
async function measure({ server }: World, access: Access, pollMs: string): Promise<number> {
  const { headers } = access
  const ask = async (): Promise<number> => (await server.client.send(WHOAMI, { method: 'GET', headers })).status
  // What was given a moment ago is not known there yet.
  const givenMs = performance.now()
  while ((await ask()) !== 200) {
    if (performance.now() - givenMs > BOUND_MS) throw new Error('never let in')
    await sleep(Number(pollMs))
  }
  await access.revoke()
  const startedMs = performance.now()
  while ((await ask()) === 200) {
    if (performance.now() - startedMs > 4 * BOUND_MS) throw new Error('still let in')
    await sleep(Number(pollMs))
  }
  return performance.now() - startedMs
}

/** One of each kind after the other, as its own door gives it out. */
async function prepare(world: World): Promise<readonly (readonly [string, () => Promise<Access>])[]> {
  const { replica, scratch } = world
  const { services } = replica
  const admin = (await readFile(join(scratch.home, 'admin.token'), 'utf8')).trim()
  const call = async (token: string, method: string, path: string, body?: object): Promise<Response> => {
    const answer = await replica.request(path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`)
    return answer
  }
  const beginSession = async (principal: string): Promise<string> =>
    (
      await services.sessions.createSession({
        tenant: HOME_TENANT,
        principal,
        method: 'oidc',
        carrier: 'bearer',
        isMfa: true,
        isPhishingResistant: false,
        client: { address: '127.0.0.1', userAgent: '' },
      })
    ).secret
  await services.identityProviders.put(SELF, 'hospital', {
    label: 'Hospital',
    issuer: 'https://idp.hospital.example',
    clientId: 'breakwater',
    clientAuthentication: 'client_secret_basic',
    credentialFile: 'hospital.secret',
    scopes: [],
    groupsClaim: 'groups',
    groups: [{ group: 'g-doctors', roles: ['clinician'], purposes: ['TREAT'], mayRestore: true }],
    mfa: { acr: ['urn:mfa'], amr: [] },
    phishingResistant: { acr: [], amr: [] },
    maxAuthenticationAgeSeconds: 3_600,
  })
  const scim = issuedScimTokenSchema.parse(
    await (await call(admin, 'POST', '/api/v1/scim-tokens', { identityProvider: 'hospital' })).json(),
  ).token
  let people = 0
  const addPerson = async (): Promise<{ user: string; principal: string }> => {
    const subject = `person-${people++}`
    const body = { userName: `${subject}@hospital.example`, externalId: subject }
    const { id: user } = resourceSchema.parse(await (await call(scim, 'POST', '/scim/v2/Users', body)).json())
    const found = (await services.people.list(HOME_TENANT)).find((person) => person.subject === subject)
    if (!found) throw new Error('no such person')
    return { user, principal: found.principal }
  }

  return [
    [
      'API key',
      async () => {
        const { token, sha256 } = issuedTokenSchema.parse(
          await (await call(admin, 'POST', '/api/v1/principals/app/tokens', {})).json(),
        )
        const revoke = async (): Promise<void> => {
          await call(admin, 'POST', `/api/v1/principals/app/tokens/${sha256}/revoke`)
        }
        return { headers: { authorization: `Bearer ${token}` }, revoke }
      },
    ],
    [
      'session',
      async () => {
        const { principal } = await addPerson()
        const secret = await beginSession(principal)
        const revoke = async (): Promise<void> => {
          await call(admin, 'POST', `/api/v1/people/${principal}/sessions/end`)
        }
        return { headers: { authorization: `Bearer ${secret}` }, revoke }
      },
    ],
    [
      'SCIM',
      async () => {
        const { user, principal } = await addPerson()
        const secret = await beginSession(principal)
        const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
        const Operations = [{ op: 'Replace', path: 'active', value: 'False' }]
        const revoke = async (): Promise<void> => {
          await call(scim, 'PATCH', `/scim/v2/Users/${user}`, { schemas, Operations })
        }
        return { headers: { authorization: `Bearer ${secret}` }, revoke }
      },
    ],
  ]
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN
}
