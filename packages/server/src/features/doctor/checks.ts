import { X509Certificate, createHash, randomBytes } from 'node:crypto'
import { isOpenToOthers } from '@breakwater/kernel'
import type { KeyContext } from '@breakwater/keys'
import { identifyService } from '../vendors/index.ts'
import type { Check, Finding, Patient } from './types.ts'
import { fail, ok, warn } from './types.ts'

const DAY_MS = 86_400_000
const RENEW_DAYS = 30
const MAX_SKEW_MS = 5_000
const NOTABLE_SKEW_MS = 1_000
// The sequencer publishes several times a second.
const MAX_WAIT_SECONDS = 60
const DEK_BYTES = 32

/** Every look, in the order of the table. */
export const CHECKS: readonly Check[] = [
  {
    name: 'migrations',
    async run({ requireMigrated }) {
      await requireMigrated()
      return ok('the database is of this version')
    },
  },
  {
    name: 'database role',
    async run({ store }) {
      const { bypasses, owns } = await store.readRole()
      if (!bypasses && !owns) return ok('subject to row-level security, owner of nothing')
      return fail(
        bypasses ? 'the role passes row-level security' : 'the role owns tables',
        'log in as a member of breakwater_app that is neither superuser nor owner (deploy/systemd/README.md, step 5)',
      )
    },
  },
  {
    name: 'row-level security',
    async run({ store }) {
      const tables = await store.listUnforced()
      if (tables.length === 0) return ok('forced on every table of a tenant')
      return fail(
        `not forced on ${tables.join(', ')}`,
        'alter table .. force row level security, then find out who changed it',
      )
    },
  },
  {
    name: 'durability',
    async run({ store }) {
      if ((await store.readRole()).isDurable) return ok('fsync and full_page_writes are on')
      return fail('a commit may be lost in a power cut', 'set fsync = on and full_page_writes = on in postgresql.conf')
    },
  },
  {
    name: 'database TLS',
    async run({ store, environment, hasDatabaseTls }) {
      const { version, hasCertificate } = await store.readConnection()
      if (version === 'TLSv1.3' && hasCertificate) return ok('TLS 1.3 with a certificate at both ends')
      if (!hasDatabaseTls && version === null) {
        return ok(environment === 'development' ? 'a socket of this machine' : 'a unix socket')
      }
      return fail(
        `${version ?? 'no TLS'}${hasCertificate ? '' : ', no client certificate'}`,
        "ssl_min_protocol_version = 'TLSv1.3', and hostssl with clientcert=verify-full in pg_hba.conf",
      )
    },
  },
  {
    name: 'clock',
    async run({ store, clock }) {
      const before = clock.now().getTime()
      const { now } = await store.readConnection()
      const after = clock.now().getTime()
      if (after < before) return fail('the clock went back while it was read', 'slew the clock instead of setting it')
      const skewMs = Math.round(now.getTime() - (before + after) / 2)
      const told = `${skewMs} ms from the database's`
      if (Math.abs(skewMs) > MAX_SKEW_MS) return fail(told, 'run chrony or systemd-timesyncd on both machines')
      return Math.abs(skewMs) > NOTABLE_SKEW_MS ? warn(told, 'look at the time service of both machines') : ok(told)
    },
  },
  {
    name: 'certificate',
    async run({ readCertificate, clock }) {
      const pem = await readCertificate()
      if (pem === undefined) return warn('none yet', 'start the gateway once')
      const { validTo, validFrom } = new X509Certificate(pem)
      const now = clock.now().getTime()
      const days = Math.floor((Date.parse(validTo) - now) / DAY_MS)
      const fix = 'put the renewed certificate in place: the gateway takes it up by itself'
      if (Date.parse(validTo) <= now) return fail('expired', fix)
      if (Date.parse(validFrom) > now) return fail('not valid yet', fix)
      return days < RENEW_DAYS ? warn(`${days} days left`, fix) : ok(`${days} days left`)
    },
  },
  {
    name: 'files',
    async run({ listSecretFiles }) {
      const files = await listSecretFiles()
      const open = files.filter(isOpenToOthers).map(({ name }) => name)
      if (open.length === 0) return ok(`${files.length} files closed to other accounts`)
      return fail(`open to other accounts: ${open.join(', ')}`, 'chmod go= FILE, and renew what was in it')
    },
  },
  {
    name: 'tenants',
    async run({ tenants }) {
      if (tenants) return ok(`${tenants.length} looked at`)
      return warn('only the first could be looked at', 'run it once more under the account of breakwater-worker')
    },
  },
  { name: 'key services', run: checkKeys },
  {
    name: 'attested release',
    async run({ openReleaseRules, clock, store, tenant }) {
      const rules = await openReleaseRules()
      if (rules.length === 0) return ok('no class is set apart')
      const told = rules.map(({ objectClass, kind }) => `${objectClass}: ${kind}`).join(', ')
      const leftMs = Math.min(
        ...rules.map(({ rootEndsAt }) => (rootEndsAt?.getTime() ?? Infinity) - clock.now().getTime()),
      )
      const fix = 'put the new root of the maker in place of rootCertificateFile, and start every replica again'
      if (leftMs <= 0) return fail(`${told}; a pinned root has expired: nothing is released`, fix)
      if (leftMs < RENEW_DAYS * DAY_MS) return warn(`${told}; a pinned root ends within ${RENEW_DAYS} days`, fix)
      const own = new Set(rules.map(({ sha256 }) => sha256))
      const isSame = (await store.listReleaseRules(tenant)).every((each) => own.has(each))
      return isSame ? ok(told) : fail(`${told}; another replica expects something else`, 'give all the same keys file')
    },
  },
  {
    name: 'sealed columns',
    isOfTenant: true,
    async run({ store, tenant }) {
      const { plain, unclassified, old } = await store.listPlain(tenant)
      if (plain.length > 0)
        return fail(`plaintext in ${plain.join(', ')}`, 'treat it as an incident; rotate what was in it')
      if (unclassified.length > 0)
        return fail(`not classified: ${unclassified.join(', ')}`, 'a column that no migration made')
      if (old.length > 0) {
        return fail(
          `not sealed yet: ${old.join(', ')}`,
          'start breakwater-worker: it seals what an earlier version wrote',
        )
      }
      return ok('what must be sealed is')
    },
  },
  { name: 'policy', isOfTenant: true, run: checkPolicy },
  {
    name: 'PHI outside production',
    isOfTenant: true,
    async run({ store, tenant, environment }) {
      if (environment === 'production') return ok('production is where it belongs')
      const policy = await store.readPolicy(tenant)
      if (policy?.forbidsPhiOutside) return ok('forbidden by the active policy set')
      return fail('the active policy set does not forbid it', 'activate a set that holds no-phi-outside-production')
    },
  },
  {
    name: 'seed tokens',
    isOfTenant: true,
    async run({ store, tenant, environment }) {
      const tokens = await store.countSeedTokens(tenant)
      if (tokens === 0) return ok('none')
      if (environment === 'development') return ok(`${tokens}, of development`)
      return fail(`${tokens} tokens of a first start`, 'revoke them: breakwater token revoke')
    },
  },
  {
    name: 'administrators',
    isOfTenant: true,
    async run({ store, tenant, environment }) {
      const people = await store.countAdministrators(tenant)
      if (people >= 2) return ok(`${people} people`)
      const fix = people === 0 ? 'breakwater admin bootstrap' : 'invite a second administrator'
      const told = `${people} people: changes are under single control`
      return environment === 'production' ? fail(told, fix) : warn(told, fix)
    },
  },
  {
    name: 'sequencer',
    isOfTenant: true,
    async run({ store, tenant, deadlineSeconds }) {
      const { waitingSeconds } = await store.readLedger(tenant, deadlineSeconds * 2)
      if (waitingSeconds <= MAX_WAIT_SECONDS) return ok('every entry is in a signed checkpoint')
      return fail(
        `an entry waits for ${Math.round(waitingSeconds)} s`,
        'start breakwater-sequencer and read its journal',
      )
    },
  },
  {
    name: 'worker',
    isOfTenant: true,
    async run({ store, tenant, deadlineSeconds }) {
      // What the worker does each minute, and a minute for doing it.
      const { loneIntents } = await store.readLedger(tenant, deadlineSeconds * 2 + 120)
      const { overdueExceptions } = await store.readAgreements(tenant)
      if (loneIntents + overdueExceptions === 0) return ok('nothing is overdue')
      return fail(
        `${loneIntents} intents without an outcome, ${overdueExceptions} exceptions past their end`,
        'start breakwater-worker and read its journal',
      )
    },
  },
  {
    name: 'agreements',
    isOfTenant: true,
    async run({ store, tenant }) {
      const { uncovered } = await store.readAgreements(tenant)
      if (uncovered.length === 0) return ok('every provider in use has one in force')
      return warn(`none in force for ${uncovered.join(', ')}`, 'renew the agreement or disable the provider')
    },
  },
  {
    name: 'agreements that end',
    isOfTenant: true,
    async run({ store, tenant }) {
      const { ending } = await store.readRegistry(tenant)
      if (ending.length === 0) return ok('none within 60 days')
      const named = ending.map(({ id, days }) => `${id} in ${days} days`)
      return warn(named.join(', '), 'renew: breakwater agreement put')
    },
  },
  { name: 'vendor registry', isOfTenant: true, run: checkRegistry },
]

/** What a provider's vendor keeps must be on record and confirmed by a person: else nothing crosses to it (164.504(e)). */
async function checkRegistry({ store, tenant, environment }: Patient): Promise<Omit<Finding, 'check'>> {
  const { providers, pending } = await store.readRegistry(tenant)
  if (environment === 'development') return ok('what is to be confirmed counts in development')
  const services = providers.map((row) => ({ id: row.id, row, ...identifyService(row, '') }))
  const contradicted = services.filter(({ isContradicted }) => isContradicted)
  if (contradicted.length > 0) {
    return fail(
      `${list(contradicted)}: address and row name different services`,
      'breakwater provider put, with what its address says',
    )
  }
  const unnamed = services.filter(({ row, vendor }) => !row.isInternal && vendor === undefined)
  if (unnamed.length > 0) {
    return warn(`${list(unnamed)}: nobody said whose service it is`, 'breakwater provider put --vendor ID --service ID')
  }
  const waiting = services.filter(({ vendor, service, isOfVendor }) =>
    pending.some((fact) => isOfVendor && fact.vendor === vendor && fact.service === service),
  )
  if (waiting.length === 0) return ok('everything that providers in use need is confirmed')
  return warn(
    `${list(waiting)}: facts to confirm, which cover nothing until then`,
    'breakwater vendors list --to-confirm, read source and contract, breakwater vendors confirm ID',
  )
}

function list(rows: readonly { readonly id: string }[]): string {
  return rows.map(({ id }) => id).join(', ')
}

/** A key is made, wrapped, unwrapped and forgotten: what a crossing needs, with nothing stored. */
async function checkKeys({ keys, environment, tenant }: Patient): Promise<Omit<Finding, 'check'>> {
  const providers = await keys.open()
  try {
    for (const provider of providers) {
      const { isExtractable, environment: made } = provider.describe()
      if (made !== environment) return fail(`${provider.name} is of ${made}`, 'name a key of this environment')
      if (isExtractable && environment === 'production') {
        return fail(
          `the key of ${provider.name} can be copied`,
          'use a key that cannot leave its service (docs/keys.md)',
        )
      }
      const context: KeyContext = {
        environment,
        tenant,
        objectClass: 'doctor',
        use: 'data',
        dekId: randomBytes(16).toString('base64url'),
      }
      const dek = randomBytes(DEK_BYTES)
      const opened = await provider.unwrap(await provider.wrap(dek, context), context)
      if (!dek.equals(Buffer.from(opened)))
        return fail(`${provider.name} gives back another key`, 'do not use this key service')
    }
    return ok(`${providers.length} wrapped and unwrapped${keys.isService ? '' : ', a key file of development'}`)
  } finally {
    await Promise.all(providers.map(async (provider) => provider.close()))
  }
}

async function checkPolicy({ store, tenant, readShippedPolicyHash }: Patient): Promise<Omit<Finding, 'check'>> {
  const policy = await store.readPolicy(tenant)
  if (!policy) return fail('no set is active', 'start a gateway once, or activate a set')
  if (createHash('sha256').update(policy.document).digest('hex') !== policy.sha256) {
    return fail('the active set is not what was activated', 'treat it as an incident: somebody changed the database')
  }
  if (policy.drifted > 0)
    return fail(
      'a policy folder was altered on disk within the last day',
      'breakwater policy show, then draft or restore it',
    )
  if (policy.isApproved) return ok(`approved by a second person, ${policy.sha256.slice(0, 12)}`)
  if (policy.sha256 === (await readShippedPolicyHash())) return ok(`as shipped, ${policy.sha256.slice(0, 12)}`)
  return warn(
    `neither shipped with this version nor approved, ${policy.sha256.slice(0, 12)}`,
    'draft, test and approve this version’s set',
  )
}
