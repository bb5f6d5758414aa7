import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Environment } from '@breakwater/contract'
import type { Clock, Log } from '@breakwater/kernel'
import type {
  FolderWatch,
  PolicyDraftService,
  PolicyEngines,
  PolicyFolder,
  PolicyService,
} from './features/policy/index.ts'
import {
  createDraftStore,
  createFolderStore,
  createFolderWatch,
  createPolicyDraftService,
  createPolicyService,
  createPolicyStore,
  readPolicyCases,
  readPolicyFolder,
} from './features/policy/index.ts'
import type { RecordChange } from './platform/audit/change.ts'
import type { Db } from './platform/db/database.ts'
import { VERSION } from './version.ts'

export interface PolicyServices {
  readonly policy: PolicyService
  readonly policyDrafts: PolicyDraftService
  readonly policyFolder: FolderWatch
}

export interface PolicyServiceDeps {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly recordChange: RecordChange
  readonly environment: Environment
  /** Policies that the operator keeps on disk; left out: those of this version. With `locks`, drift stops what crosses. */
  readonly folder: { readonly dir?: string; readonly locks?: boolean }
  /** Whether fewer than two people administer the tenant. */
  readonly isSingleControl: (tenant: string) => Promise<boolean>
  readonly engines?: PolicyEngines
}

/** What decides, how it is changed, and what watches the folder it came from. */
export function createPolicyServices(deps: PolicyServiceDeps): PolicyServices {
  const { db, clock, log, recordChange, environment, folder, isSingleControl, engines } = deps
  const sets = createPolicyStore(db)
  const policy = createPolicyService({
    store: sets,
    clock,
    recordChange,
    environment,
    isLocked: () => folder.locks === true && policyFolder.isDrifted(),
    ...(engines && { engines }),
  })
  const policyDrafts = createPolicyDraftService({
    store: createDraftStore(db),
    sets,
    policy,
    clock,
    recordChange,
    isSingleControl,
  })
  const policyFolder = createFolderWatch({
    folder: readFolderOf(folder.dir),
    store: createFolderStore(db),
    sets,
    drafts: policyDrafts,
    clock,
    log,
    recordChange,
  })
  return { policy, policyDrafts, policyFolder }
}

/** The declared folder, or the one of this version. */
function readFolderOf(dir: string | undefined): PolicyFolder {
  const url = dir === undefined ? undefined : pathToFileURL(`${resolve(dir)}/`)
  return {
    name: url ? 'declared' : 'shipped',
    version: url ? 'declared' : VERSION,
    read: async () => ({ set: await readPolicyFolder(url), cases: await readPolicyCases(url) }),
  }
}
