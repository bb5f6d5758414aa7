import { AppError } from '@breakwater/kernel'
import { sql } from 'kysely'
import type { Db } from './database.ts'

interface Facts {
  bypasses: boolean
  owns: boolean
  isDurable: boolean
}

/**
 * Refuses a database that would not keep its promises: the application's role must be subject to row-level security, and
 * a commit must survive a power cut. Throws `config.invalid`.
 */
export async function checkDatabase(db: Db, { acceptsFragile = false } = {}): Promise<void> {
  const { rows } = await sql<Facts>`select
      (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as bypasses,
      exists (select from pg_tables where schemaname = 'public'
        and pg_has_role(current_user, tableowner, 'member')) as owns,
      current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on' as "isDurable"`.execute(db)
  const [facts] = rows
  const refuse = (message: string): never => {
    throw new AppError('config.invalid', { message: `BREAKWATER_DATABASE_URL: ${message}` })
  }
  if (!facts || facts.bypasses || facts.owns) refuse('the role breakwater_app is not subject to row-level security')
  if (!facts?.isDurable && !acceptsFragile) refuse('the database must run with fsync and full_page_writes on')
}
