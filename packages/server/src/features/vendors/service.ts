import type { Environment, VendorFactInput } from '@breakwater/contract'
import { vendorFactInputSchema } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError, canonicalJson } from '@breakwater/kernel'
import type { RecordChange } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import type { VendorStore } from './store.ts'
import type { ListedFact, VendorFact, VendorService } from './types.ts'
import { weighFacts } from './weigh.ts'

export interface VendorDeps {
  readonly store: VendorStore
  readonly clock: Clock
  readonly recordChange: RecordChange
  readonly environment: Environment
}

export function createVendorService({ store, clock, recordChange, environment }: VendorDeps): VendorService {
  // In development the newest version counts, confirmed or not: decision 0012.
  const counts =
    environment === 'development' ? () => true : ({ confirmedAt }: VendorFact): boolean => confirmedAt !== undefined
  const snapshots = createSnapshotCache({
    load: async (tenant) => newestThatCount(await store.listCurrent(tenant), counts),
  })

  return {
    async findGaps(tenant, call, terms) {
      return weighFacts(await snapshots.get(tenant), call, terms, counts)
    },

    async list(tenant) {
      return toListed(await store.listCurrent(tenant))
    },

    async import(actor, inputs) {
      const putAt = clock.now()
      const tally = { added: 0, changed: 0, unchanged: 0 }
      const choose = (current: readonly VendorFact[]): ReturnType<Parameters<VendorStore['putChosen']>[1]> => {
        const newest = new Map(toListed(current).map((fact) => [fact.id, fact]))
        return inputs.flatMap((input) => {
          const fact = { ...readFact(input), putBy: actor.id, putAt }
          const known = newest.get(fact.id)
          if (known && sayOf(known) === sayOf(fact)) {
            tally.unchanged += 1
            return []
          }
          tally[known ? 'changed' : 'added'] += 1
          return [fact]
        })
      }
      await store.putChosen(actor.tenant, choose, async (trx) => {
        const { added, changed } = tally
        await recordChange(trx, { actor, kind: 'vendors.imported', object: 'vendors', counts: { added, changed } })
      })
      snapshots.drop(actor.tenant)
      return tally
    },

    async confirm(actor, id, version) {
      const by = { id: actor.id, at: clock.now() }
      const isDone = await store.confirm(actor.tenant, { id, version }, by, async (trx) =>
        recordChange(trx, { actor, kind: 'vendors.confirmed', object: id, version }),
      )
      if (!isDone) throw new AppError('resource.unknown', { message: 'no such newest version that waits' })
      snapshots.drop(actor.tenant)
    },
  }
}

type Told = Omit<VendorFact, 'version' | 'putBy' | 'putAt' | 'confirmedBy' | 'confirmedAt'>

function readFact(input: VendorFactInput): Told {
  const { retentionDays, humanReview, training, agreementTerm, ...rest } = vendorFactInputSchema.parse(input)
  return {
    ...rest,
    ...(retentionDays !== null && { retentionDays }),
    ...(humanReview !== null && { humanReview }),
    ...(training !== null && { training }),
    ...(agreementTerm !== undefined && { agreementTerm }),
  }
}

/** What two versions are compared by: everything that they say, and not who said it when. */
function sayOf(fact: Told): string {
  const { id, vendor, service, endpoint, feature, model, region, coverage, source, checkedOn } = fact
  return canonicalJson({
    id,
    vendor,
    service,
    endpoint,
    feature,
    model,
    region,
    coverage,
    source,
    checkedOn,
    conditions: [...fact.conditions],
    retentionDays: fact.retentionDays ?? null,
    liftedBy: [...fact.liftedBy].sort(),
    humanReview: fact.humanReview ?? null,
    training: fact.training ?? null,
    subprocessors: [...fact.subprocessors],
    agreementTerm: fact.agreementTerm ?? null,
  })
}

/** One a fact: the newest that counts; and beside it a newer one, which can only take away. */
function newestThatCount(facts: readonly VendorFact[], counts: (fact: VendorFact) => boolean): readonly VendorFact[] {
  const newest = new Map<string, number>()
  for (const { id, version } of facts.filter(counts)) newest.set(id, Math.max(version, newest.get(id) ?? 0))
  return facts.filter(({ id, version }) => version >= (newest.get(id) ?? 0))
}

function toListed(current: readonly VendorFact[]): readonly ListedFact[] {
  const newest = new Map<string, ListedFact>()
  for (const fact of current) {
    const other = newest.get(fact.id)
    const [first, second] = !other || fact.version > other.version ? [fact, other] : [other, fact]
    const isPending = first.confirmedAt === undefined && second?.confirmedAt !== undefined
    newest.set(fact.id, isPending ? { ...first, confirmedVersion: second.version } : first)
  }
  return [...newest.values()]
}
