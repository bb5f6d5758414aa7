import type { Environment } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import { sql } from 'kysely'
import type { Db } from './database.ts'

export { ENVIRONMENTS } from '@breakwater/contract'
export type { Environment } from '@breakwater/contract'

/**
 * As the migrator: makes the database one of this environment, for good. Throws `environment.mismatch` when it is one of
 * another.
 */
export async function fixEnvironment(owner: Db, environment: Environment): Promise<void> {
  await sql`insert into installation (environment) values (${environment}) on conflict do nothing`.execute(owner)
  await requireEnvironment(owner, environment)
}

/** Throws `environment.mismatch` unless the database is one of this environment. */
export async function requireEnvironment(db: Db, environment: Environment): Promise<void> {
  const { rows } = await sql<{ environment: string }>`select environment from installation`.execute(db)
  if (rows[0]?.environment === environment) return
  throw new AppError('environment.mismatch', {
    message: 'the database belongs to another environment than BREAKWATER_ENVIRONMENT says',
  })
}
