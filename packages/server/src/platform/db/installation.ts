import { AppError } from '@breakwater/kernel'
import { sql } from 'kysely'
import type { Db } from './database.ts'

export const ENVIRONMENTS = ['development', 'staging', 'production'] as const
/** What an installation is for. PHI belongs to production alone (45 CFR 164.308(a)(4)). */
export type Environment = (typeof ENVIRONMENTS)[number]

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
