import { kekError } from '../../kek-provider.ts'
import type { KekErrorCode } from '../../kek-provider.ts'
import { toFields } from '../shared/answer.ts'
import type { Fields } from '../shared/answer.ts'
import { createJsonClient } from '../shared/json-client.ts'
import { once } from '../shared/once.ts'
import { createGcpTokens } from './gcp-credentials.ts'

export interface GcpApi {
  /** Throws what the service answered, `FailedPrecondition` for a version in a state in which it does not work. */
  call(path: string, body: Fields | undefined, signal: AbortSignal): Promise<Fields>
  close(): Promise<void>
}

/** A key version is not enabled; which state it is in, only the version itself says. */
export class FailedPrecondition extends Error {}

/** HTTP statuses of Google's APIs (google.rpc.Code). What is not here is `keys.unavailable`. */
const CODES: Readonly<Record<number, KekErrorCode>> = {
  400: 'keys.corrupt',
  401: 'keys.denied',
  403: 'keys.denied',
  429: 'keys.throttled',
}

/** REST v1 of Cloud KMS. */
export function createGcpApi(endpoint: URL, caFile: string | undefined, credentialsFile: string | undefined): GcpApi {
  const client = createJsonClient(endpoint, caFile)
  const tokens = once(async () => createGcpTokens(credentialsFile))
  return {
    async call(path, body, signal) {
      const getToken = await tokens()
      const headers = { authorization: `Bearer ${await getToken()}` }
      const request = { method: body ? 'POST' : 'GET', path: `v1/${path}`, headers, signal } as const
      const answer = await client.send({ ...request, ...(body && { body }) })
      const fields = toFields(answer.body)
      if (answer.status === 200) return fields
      const { status } = toFields(fields['error'])
      if (status === 'FAILED_PRECONDITION') throw new FailedPrecondition('a key version is not enabled')
      throw kekError(CODES[answer.status] ?? 'keys.unavailable')
    },
    close: async () => client.close(),
  }
}
