import { isThisMachine } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { TransportTarget } from './types.ts'

/** Throws `provider.address-refused` for anything but https, or plain http to this machine. */
export function readBaseUrl({
  baseUrl,
  isInternal,
  allowedAddresses,
}: Pick<TransportTarget, 'baseUrl' | 'isInternal' | 'allowedAddresses'>): URL {
  const url = URL.parse(baseUrl)
  const isAllowed =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isInternal && isThisMachine(allowedAddresses))
  if (url && isAllowed && url.username === '' && url.search === '') return url
  throw new AppError('provider.address-refused', {
    message: "the provider's base URL must be https, or plain http to this machine",
  })
}
