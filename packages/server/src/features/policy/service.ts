import type { Environment } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Soon } from '../../platform/async/soon.ts'
import { whenThere } from '../../platform/async/soon.ts'
import type { Change, RecordChange } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import { isSteppedUp } from '../../platform/http/step-up.ts'
import { classifyData } from './data-class.ts'
import { readDocument, writeDocument } from './document.ts'
import type { Engine } from './engine.ts'
import { loadEngine } from './engine.ts'
import { isInScope, OUT_OF_SCOPE } from './scopes.ts'
import type { PolicyStore } from './store.ts'
import type { KnownLists } from './restore.ts'
import { listClasses } from './restore.ts'
import { DATA_ACTIONS } from './shape.ts'
import type { DecisionRequest, PolicyService, Question } from './types.ts'

export interface PolicyDeps {
  readonly store: PolicyStore
  readonly clock: Clock
  readonly recordChange: RecordChange
  readonly environment: Environment
  /** What makes this replica refuse to move data, e.g. a policy folder that was altered. Default: nothing. */
  readonly isLocked?: () => boolean
  /** Where loaded sets are kept. Left out: with this service. */
  readonly engines?: PolicyEngines
}

interface Loaded {
  readonly engine: Engine
  readonly sha256: string
}

/**
 * Loaded sets by hash. Bounded by the sets that were ever activated: a verified engine is good for every tenant, and
 * every server of this process, that activates its hash.
 */
export type PolicyEngines = Map<string, Loaded>

export function createPolicyService({
  store,
  clock,
  recordChange,
  environment,
  isLocked = () => false,
  engines = new Map(),
}: PolicyDeps): PolicyService {
  const active = createSnapshotCache({ load: (tenant) => store.findActive(tenant) })
  const loading = new Map<string, Promise<Loaded>>()
  const lists: KnownLists = new WeakMap()

  async function load(tenant: string, sha256: string): Promise<Loaded> {
    try {
      const document = await store.findDocument(tenant, sha256)
      if (document === undefined)
        throw new AppError('policy.mismatch', { message: 'the activated policy set is missing' })
      const loaded = { engine: loadEngine(readDocument(document, sha256), sha256), sha256 }
      engines.set(sha256, loaded)
      return loaded
    } finally {
      loading.delete(sha256)
    }
  }

  function loadOnce(tenant: string, sha256: string): Promise<Loaded> {
    const begun = loading.get(sha256) ?? load(tenant, sha256)
    loading.set(sha256, begun)
    return begun
  }

  const findEngine = (tenant: string): Soon<Loaded> =>
    whenThere(active.get(tenant), (set) => {
      if (!set) throw new AppError('policy.unavailable', { message: 'no policy set is active' })
      return engines.get(set.sha256) ?? loadOnce(tenant, set.sha256)
    })

  function toQuestion(request: DecisionRequest): Question {
    return {
      ...request,
      dataClass: classifyData(environment, request),
      environment,
      isMfa: request.principal.session?.isMfa ?? false,
      isRecentlyAuthenticated: isSteppedUp(request.principal, clock),
    }
  }

  function ask<Answer>(
    { principal: { tenant }, action }: DecisionRequest,
    work: (engine: Engine, sha256: string) => Answer,
  ): Soon<Answer> {
    const isRefused = action in DATA_ACTIONS && isLocked()
    return whenThere(isRefused ? undefined : findEngine(tenant), (found) => {
      if (!found) throw new AppError('policy.mismatch', { message: 'the policy folder of this replica was altered' })
      try {
        return work(found.engine, found.sha256)
      } catch (cause) {
        if (cause instanceof AppError) throw cause
        throw new AppError('policy.unavailable', { message: 'the policy engine failed', cause })
      }
    })
  }

  return {
    decide: (request) =>
      ask(request, (engine, setSha256) => {
        const question = toQuestion(request)
        const decision = { ...engine(question), setSha256, dataClass: question.dataClass }
        return isInScope(request) ? decision : { ...decision, isAllowed: false, policies: [OUT_OF_SCOPE] }
      }),

    decideRestore: (request) => {
      const restore = { ...request, action: 'restore' } as const
      return ask(restore, (engine) =>
        listClasses(engine, toQuestion(isInScope(restore) ? restore : { ...restore, classes: [] }), lists),
      )
    },

    async activate(actor, set) {
      const { document, sha256 } = writeDocument(set)
      const read = readDocument(document, sha256)
      const loaded = engines.get(sha256) ?? { engine: loadEngine(read, sha256), sha256 }
      const change: Change = { actor, kind: 'policy.activated', object: sha256 }
      await store.activate({ tenant: actor.tenant, sha256, document, by: actor.id }, (trx) => recordChange(trx, change))
      engines.set(sha256, loaded)
      active.drop(actor.tenant)
      return sha256
    },

    requireActive: async (tenant) => (await findEngine(tenant)).sha256,
  }
}
