import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgreementInput, PrincipalInput, ProviderInput } from '@breakwater/contract'
import type { RunningServer } from './server.ts'

const YEAR_MS = 365 * 86_400_000

/** A caller of the gateway: its headers, token included. */
export interface Caller {
  readonly token: string
  readonly headers: Readonly<Record<string, string>>
}

export async function readAdminToken(home: string): Promise<string> {
  return (await readFile(join(home, 'admin.token'), 'utf8')).trim()
}

/** Adds a model server on loopback, an agreement that covers it, and an application that may use it and see its values. */
export async function addModelServer(
  server: RunningServer,
  home: string,
  {
    baseUrl,
    models,
    kind = 'openai-compatible',
  }: { readonly baseUrl: string; readonly models: readonly string[]; readonly kind?: ProviderInput['kind'] },
): Promise<Caller> {
  const admin = await readAdminToken(home)
  const provider: ProviderInput = {
    kind,
    baseUrl,
    isInternal: true,
    allowedAddresses: ['127.0.0.1'],
    models: [...models],
  }
  const agreement: AgreementInput = {
    kind: 'internal',
    provider: 'model-server',
    endpoints: ['chat.completions'],
    models: ['*'],
    purposes: ['TREAT'],
    effectiveFrom: new Date(Date.now() - YEAR_MS).toISOString(),
    effectiveTo: new Date(Date.now() + YEAR_MS).toISOString(),
  }
  const principal: PrincipalInput = {
    kind: 'service',
    roles: ['application'],
    purposes: ['TREAT'],
    defaultPurpose: 'TREAT',
    mayRestore: true,
  }
  const call = async (method: string, path: string, body: unknown): Promise<Buffer> => {
    const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' }
    const answer = await server.client.send(path, { method, headers, body: JSON.stringify(body) })
    if (answer.status >= 300 || answer.status < 200)
      throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString()}`)
    return answer.body
  }
  await call('PUT', '/api/v1/providers/model-server', provider)
  await call('PUT', '/api/v1/agreements/model-server', agreement)
  await call('PUT', '/api/v1/principals/tester', principal)
  const issued: { readonly token: string } = JSON.parse(
    (await call('POST', '/api/v1/principals/tester/tokens', {})).toString(),
  )
  const headers = { authorization: `Bearer ${issued.token}`, 'content-type': 'application/json' }
  return { token: issued.token, headers: { ...headers, 'breakwater-purpose': 'TREAT' } }
}
