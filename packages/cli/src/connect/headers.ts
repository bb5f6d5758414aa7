import type { IncomingHttpHeaders } from 'node:http'

/** What an SDK's request may say to the server. Credentials, cookies and what proxies add stay behind. */
const PASSED =
  /^(accept|accept-encoding|accept-language|content-type|content-length|content-digest|user-agent|idempotency-key|signature|signature-input|breakwater-.+|openai-.+|x-stainless-.+)$/

/** Of one connection, not of the message (RFC 9110 section 7.6.1). */
const OF_CONNECTION =
  /^(connection|keep-alive|proxy-.+|te|trailer|transfer-encoding|upgrade|strict-transport-security|dpop-nonce)$/

type Plain = Record<string, string | string[]>

export function passRequestHeaders(headers: IncomingHttpHeaders): Plain {
  return pick(headers, (name) => PASSED.test(name))
}

export function passAnswerHeaders(headers: IncomingHttpHeaders): Plain {
  return pick(headers, (name) => !OF_CONNECTION.test(name))
}

function pick(headers: IncomingHttpHeaders, isPassed: (name: string) => boolean): Plain {
  const passed: Plain = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined && isPassed(name)) passed[name] = value
  return passed
}
