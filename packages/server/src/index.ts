export { readConfig } from './config.ts'
export type { Config } from './config.ts'
export { createLedgerSequencer, createLedgerService } from './features/ledger/index.ts'
export type { LedgerSequencer, LedgerService } from './features/ledger/index.ts'
export { MINIMUM_STARTERS } from './features/minimum-necessary/index.ts'
export {
  comparePolicies,
  hashPolicySet,
  listRestorable,
  loadPolicyEngine,
  readPolicyCases,
  readPolicyFolder,
  runPolicyCases,
} from './features/policy/index.ts'
export type { PolicyEngine, PolicyQuestion, PolicySet } from './features/policy/index.ts'
export { createTrimTally, trimRecords } from './pipeline/index.ts'
export { openDatabase } from './platform/db/database.ts'
export { startEmbeddedPostgres } from './platform/db/embedded.ts'
export { migrate } from './platform/db/migrate.ts'
export type { Finding } from './features/doctor/index.ts'
export { runDoctor } from './startup/doctor.ts'
export { runServer } from './run.ts'
export { migrateDatabase } from './startup/databases.ts'
export { readMigrationOptions } from './startup/migration-options.ts'
export { startServer } from './start.ts'
export type { StartedServer, StartOptions } from './start.ts'
