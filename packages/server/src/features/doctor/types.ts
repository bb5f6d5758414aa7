import type { Environment } from '@breakwater/contract'
import type { Clock, FileAccess } from '@breakwater/kernel'
import type { KekProvider, ReleaseRule } from '@breakwater/keys'
import type { DoctorStore } from './store.ts'

/** What one look at one thing found. Ids, codes and numbers, never a value. */
export interface Finding {
  readonly check: string
  readonly level: 'ok' | 'warn' | 'fail'
  readonly told: string
  /** What to do; with every warning and failure. */
  readonly fix?: string
}

/** What the doctor looks at, each part by itself so that one that is ill hides no other. */
export interface Patient {
  readonly environment: Environment
  readonly tenant: string
  /** All tenants of the installation; undefined when the login may not know them. */
  readonly tenants: readonly string[] | undefined
  readonly clock: Clock
  readonly store: DoctorStore
  readonly hasDatabaseTls: boolean
  /** Throws when the database is not of this version. */
  readonly requireMigrated: () => Promise<void>
  readonly keys: { readonly isService: boolean; readonly open: () => Promise<readonly KekProvider[]> }
  /** What the keys file says of attested machines. Throws `config.invalid`. */
  readonly openReleaseRules: () => Promise<
    readonly Pick<ReleaseRule, 'objectClass' | 'kind' | 'sha256' | 'rootEndsAt'>[]
  >
  /** PEM of the server's certificate; undefined before the first start of a development home. */
  readonly readCertificate: () => Promise<string | undefined>
  /** Files that no other account may open, with their modes; unreadable ones are left out. */
  readonly listSecretFiles: () => Promise<readonly (FileAccess & { readonly name: string })[]>
  readonly readShippedPolicyHash: () => Promise<string>
  /** How long a crossing may take. */
  readonly deadlineSeconds: number
}

/** One thing to look at. A thrown error becomes a failure of that check. */
export interface Check {
  readonly name: string
  /** Of each tenant by itself; left out, of the installation. */
  readonly isOfTenant?: true
  run(patient: Patient): Promise<Omit<Finding, 'check'>>
}

export const ok = (told: string): Omit<Finding, 'check'> => ({ level: 'ok', told })
export const warn = (told: string, fix: string): Omit<Finding, 'check'> => ({ level: 'warn', told, fix })
export const fail = (told: string, fix: string): Omit<Finding, 'check'> => ({ level: 'fail', told, fix })
