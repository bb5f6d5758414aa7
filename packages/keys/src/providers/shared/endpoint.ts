import { AppError } from '@breakwater/kernel'

/** True for a name or address that never leaves this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
}

/**
 * The origin of a key service. Plain HTTP is for loopback only: an agent beside us, or a test. Throws `config.invalid`
 * for anything else, for credentials in the address, and for a query.
 */
export function parseEndpoint(text: string, field: string): URL {
  const url = URL.parse(text)
  if (!url || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalid('must be an address without credentials, query or fragment', field)
  }
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
  if (!isSafe) throw invalid('must be https, or http on loopback', field)
  return url
}

/** For services whose address follows from the key: another one is for tests. Throws `config.invalid`. */
export function parseTestEndpoint(text: string, field: string): URL {
  const url = parseEndpoint(text, field)
  if (!isLoopback(url.hostname)) throw invalid('must be a loopback address: it is for tests', field)
  return url
}

/** A setting that a provider cannot work with. Names the field, never its value. */
export function invalid(message: string, field: string): AppError {
  return new AppError('config.invalid', { message: `${field} ${message}`, field })
}
