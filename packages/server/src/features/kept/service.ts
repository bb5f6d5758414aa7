import type { Clock, Log } from '@breakwater/kernel'
import type { RecordChange } from '../../platform/audit/change.ts'
import type { SealedFields } from '../../platform/secrets/sealed-fields.ts'
import type { LedgerService } from '../ledger/index.ts'
import type { PolicyService } from '../policy/index.ts'
import { createEvaluations } from './evaluation/service.ts'
import type { EvaluationStore } from './evaluation/store.ts'
import { createFeedback } from './feedback/service.ts'
import type { FeedbackStore } from './feedback/store.ts'
import { createKeepQueue } from './history/queue.ts'
import type { QueueOptions } from './history/queue.ts'
import { createHistory } from './history/service.ts'
import type { HistoryStore } from './history/store.ts'
import { createRules } from './rules/service.ts'
import type { RuleStore } from './rules/store.ts'
import type { KeptService, MaskText } from './types.ts'

export interface KeptDeps {
  readonly stores: {
    readonly rules: RuleStore
    readonly history: HistoryStore
    readonly feedback: FeedbackStore
    readonly evaluations: EvaluationStore
  }
  readonly clock: Clock
  readonly log: Log
  readonly recordChange: RecordChange
  readonly ledger: Pick<LedgerService, 'append' | 'appendIn' | 'findIntent'>
  readonly fields: SealedFields
  readonly policy: Pick<PolicyService, 'decide' | 'decideRestore'>
  readonly maskText: MaskText
  readonly queue?: Pick<QueueOptions, 'maxBytes' | 'maxCrossings'>
}

/** What is kept of crossings: nothing, until a tenant switches a kind on. */
export function createKept(deps: KeptDeps): KeptService {
  const { stores, log } = deps
  const rules = createRules({ ...deps, store: stores.rules })
  const history = createHistory({ ...deps, store: stores.history, rules })
  const queue = createKeepQueue({
    ...deps.queue,
    write: async (crossing) => history.write(crossing),
    recordDropped: async (tenant, counts) => history.recordDropped(tenant, counts),
    log,
  })
  return {
    ...createFeedback({ ...deps, store: stores.feedback, rules }),
    ...createEvaluations({ ...deps, store: stores.evaluations, rules, history }),
    ...rules,
    ...queue,
    listHistory: async (caller, page) => history.listHistory(caller, page),
    readHistory: async (caller, crossing, wish) => history.readHistory(caller, crossing, wish),
    // A crossing does not depend on whether it can be kept.
    findHistoryRule(tenant) {
      const finding = rules.find(tenant, 'history')
      return finding instanceof Promise ? finding.catch(() => undefined) : finding
    },
  }
}
