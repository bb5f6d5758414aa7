import { kekError } from '../../kek-provider.ts'
import { invalid, isLoopback } from '../shared/endpoint.ts'

export interface KeyUrl {
  /** `https://V.vault.azure.net`, without a slash at its end. */
  readonly vaultUrl: string
  readonly keyName: string
  readonly version: string
  /** In tests: the vault is on this machine, under no name of Azure's. */
  readonly isLocal: boolean
}

const DOMAINS = ['.vault.azure.net', '.vault.azure.cn', '.vault.usgovcloudapi.net', '.managedhsm.azure.net']
const PATH = /^\/keys\/([a-zA-Z\d-]{1,127})\/([a-f\d]{32})$/

/**
 * A version of a key by its full address. Without a version the service would choose one, and whoever may add versions
 * would choose our key. Throws `config.invalid`.
 */
export function parseKeyUrl(text: string, field: string): KeyUrl {
  const url = URL.parse(text)
  const [, keyName, version] = PATH.exec(url?.pathname ?? '') ?? []
  const isLocal = isLoopback(url?.hostname ?? '')
  const isAzures = DOMAINS.some((domain) => url?.hostname.endsWith(domain)) && url?.port === ''
  if (
    url?.protocol !== 'https:' ||
    !keyName ||
    !version ||
    !(isAzures || isLocal) ||
    text !== url.origin + url.pathname
  ) {
    throw invalid('must be the address of one version of a key in Azure Key Vault', field)
  }
  return { vaultUrl: url.origin, keyName, version, isLocal }
}

/** Where a wrapped key says it belongs: some version of our key, or `keys.corrupt`. */
export function parseKeyUrlOf({ vaultUrl, keyName }: KeyUrl, keyId: string, version: string): string {
  if (keyId !== `${vaultUrl}/keys/${keyName}/${version}` || !/^[a-f\d]{32}$/.test(version))
    throw kekError('keys.corrupt')
  return version
}
