import { kekError } from '../../kek-provider.ts'
import { readSecretFile } from '../../secret-file.ts'
import { toFields } from '../shared/answer.ts'
import type { Fields } from '../shared/answer.ts'
import { invalid, parseEndpoint } from '../shared/endpoint.ts'
import { createJsonClient } from '../shared/json-client.ts'
import type { JsonAnswer } from '../shared/json-client.ts'
import { parseTransitKey } from './transit-key.ts'
import type { TransitKey } from './transit-key.ts'

export interface TransitApiOptions {
  /** Of Vault, OpenBao, or the agent beside us. */
  readonly address: string
  readonly keyName: string
  /** Where the transit engine is mounted. Default `transit`. */
  readonly mount?: string
  readonly namespace?: string
  /** Holds the token, mode 0600. Read at every call: an agent may write a new one at any time. */
  readonly tokenFile: string
  /** PEM. Only certificates under it are believed. */
  readonly caFile?: string
}

export interface TransitApi {
  /** Names the key: namespace, mount and name. */
  readonly keyId: string
  readKey(signal: AbortSignal): Promise<TransitKey>
  encrypt(input: Fields, signal: AbortSignal): Promise<Fields>
  /** Undefined when the service refuses the input, whatever its reason. */
  decrypt(input: Fields, signal: AbortSignal): Promise<Fields | undefined>
  close(): Promise<void>
}

const NAME = /^[\w-][\w.-]{0,127}$/
const PATH = /^[\w-][\w.-]{0,63}(\/[\w-][\w.-]{0,63}){0,7}$/

/** One transit key over HTTP. Throws `config.invalid`. */
export function createTransitApi(options: TransitApiOptions): TransitApi {
  const { keyName, mount = 'transit', namespace, tokenFile, caFile } = options
  if (!NAME.test(keyName)) throw invalid('must be the name of a key', 'keyName')
  if (!PATH.test(mount)) throw invalid('must be the path of a mount', 'mount')
  if (namespace !== undefined && !PATH.test(namespace)) throw invalid('must be the path of a namespace', 'namespace')
  const client = createJsonClient(parseEndpoint(options.address, 'address'), caFile)

  const call = async (verb: string, body: Fields | undefined, signal: AbortSignal): Promise<JsonAnswer> => {
    const token = (await readSecretFile(tokenFile))?.trim()
    // An empty header would be a call without credentials; a broken one could carry a second header.
    if (token === undefined || !/^[!-~]{1,8192}$/.test(token)) throw kekError('keys.denied')
    const headers = {
      'x-vault-token': token,
      // Vault refuses a forwarded request without it where an agent listens.
      'x-vault-request': 'true',
      ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
    }
    const path = `v1/${mount}/${verb}/${keyName}`
    return client.send({ method: body ? 'POST' : 'GET', path, headers, signal, ...(body && { body }) })
  }

  return {
    keyId: [namespace, mount, keyName].filter((part) => part !== undefined).join('/'),
    async readKey(signal) {
      const { status, body } = await call('keys', undefined, signal)
      // Where no engine is mounted the service says so; where an engine holds no such key it says nothing.
      if (status === 404 && isEmpty(toFields(body)['errors'])) throw kekError('keys.destroyed')
      assertDone(status)
      return parseTransitKey(body)
    },
    async encrypt(input, signal) {
      const { status, body } = await call('encrypt', input, signal)
      assertDone(status)
      return toFields(toFields(body)['data'])
    },
    async decrypt(input, signal) {
      const { status, body } = await call('decrypt', input, signal)
      if (status === 400) return undefined
      assertDone(status)
      return toFields(toFields(body)['data'])
    },
    close: async () => client.close(),
  }
}

function isEmpty(errors: unknown): boolean {
  return Array.isArray(errors) && errors.length === 0
}

/** Throws what a status means (HTTP API, "HTTP status codes"). A redirect to another node is no answer. */
function assertDone(status: number): void {
  if (status === 200) return
  if (status === 403) throw kekError('keys.denied')
  throw kekError(status === 429 ? 'keys.throttled' : 'keys.unavailable')
}
