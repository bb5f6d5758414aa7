import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Clock, Log } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { toAppError } from '../platform/http/problem.ts'
import type { RunningServer } from '../platform/http/server.ts'
import { ensureServerIdentity } from '../platform/tls/local-ca.ts'
import type { ServerIdentity } from '../platform/tls/local-ca.ts'
import type { Process } from './process.ts'
import { readSettingFile } from './setting-file.ts'

/**
 * The certificate that the settings name, or in development one of our own. Throws `config.invalid`, also for one that has
 * expired, is not valid yet or does not go with its key: nobody could trust the server anyway, and a start says so.
 */
export async function readIdentity({ config, home, clock }: Process): Promise<ServerIdentity> {
  const certificate = await readSettingFile(config, 'BREAKWATER_TLS_CERT_FILE')
  const key = await readSettingFile(config, 'BREAKWATER_TLS_KEY_FILE')
  if (certificate === undefined || key === undefined) return ensureServerIdentity(home, clock)
  requireUsable(certificate, key, clock.now())
  return { certificate, key, caFile: config.BREAKWATER_TLS_CERT_FILE ?? '' }
}

export interface IdentityWatchDeps {
  readonly read: () => Promise<ServerIdentity>
  readonly server: Pick<RunningServer, 'renew'>
  /** Whether an exception of the risk register lets clients speak TLS 1.2 now. */
  readonly allowsTls12: () => Promise<boolean>
  readonly clock: Clock
  readonly log: Log
}

/**
 * A task for the sweeper, and for SIGHUP: takes up a certificate that was put in place of the one in use, and what the risk
 * register says of TLS 1.2. Connections that are open go on; one that cannot be used leaves what is in use.
 */
export function createIdentityWatch(
  { read, server, allowsTls12, clock, log }: IdentityWatchDeps,
  first: ServerIdentity & { readonly allowsTls12: boolean },
): () => Promise<void> {
  let used = first
  return async () => {
    const next = await read().catch((thrown: unknown) => {
      log('certificate-refused', { code: toAppError(thrown).code })
      return used
    })
    // Unreadable, the register allows nothing.
    const mayOlder = await allowsTls12().catch(() => false)
    if (next.certificate !== used.certificate || next.key !== used.key || mayOlder !== used.allowsTls12) {
      server.renew({ certificate: next.certificate, key: next.key, allowsTls12: mayOlder })
      if (next.certificate !== used.certificate) log('certificate-renewed')
      if (mayOlder !== used.allowsTls12) log(mayOlder ? 'tls-1.2-allowed' : 'tls-1.2-refused')
      used = { ...next, allowsTls12: mayOlder }
    }
    if (Date.parse(new X509Certificate(used.certificate).validTo) <= clock.now().getTime()) {
      log('alert', { code: 'certificate.expired' })
    }
  }
}

function requireUsable(certificate: string, key: string, now: Date): void {
  const rules: readonly (readonly [() => boolean, string])[] = [
    [() => new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)), 'does not go with its key'],
    [() => Date.parse(new X509Certificate(certificate).validTo) > now.getTime(), 'has expired'],
    [() => Date.parse(new X509Certificate(certificate).validFrom) <= now.getTime(), 'is not valid yet'],
  ]
  for (const [holds, told] of rules) {
    if (!isTrue(holds))
      throw new AppError('config.invalid', { message: `BREAKWATER_TLS_CERT_FILE: the certificate ${told}` })
  }
}

/** False also for what is no certificate or no key; the error of OpenSSL may quote the file. */
function isTrue(holds: () => boolean): boolean {
  try {
    return holds()
  } catch {
    return false
  }
}
