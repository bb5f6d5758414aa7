/** Where browsers tell of what a page did against its policy (ASVS 3.4.7). */
export const REPORTS_PATH = '/console/reports'

const SECONDS_OF_A_YEAR = 31_536_000

/** Nothing but our own files; no inline script or style, no eval, no sink that takes text as code. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
  // The first for browsers that know the Reporting API, the second for the others.
  'report-to violations',
  `report-uri ${REPORTS_PATH}`,
].join('; ')

/** Passkeys for this origin; of the rest, what browsers give pages unasked and this one has no use for. */
const PERMISSIONS_POLICY = [
  'publickey-credentials-create=(self)',
  'publickey-credentials-get=(self)',
  ...['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb'].map((feature) => `${feature}=()`),
].join(', ')

/** On every answer of the console. OWASP ASVS 5.0: 3.4.1, 3.4.3 to 3.4.8, 3.5.8. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': PERMISSIONS_POLICY,
  'reporting-endpoints': `violations="${REPORTS_PATH}"`,
  'referrer-policy': 'no-referrer',
  'strict-transport-security': `max-age=${SECONDS_OF_A_YEAR}; includeSubDomains`,
  'x-content-type-options': 'nosniff',
}

/** A page is fetched anew each time; a file whose name is its hash never changes. */
const CACHING = {
  page: 'no-store',
  asset: `public, max-age=${SECONDS_OF_A_YEAR}, immutable`,
}

export function describeHeaders(kind: keyof typeof CACHING, contentType: string): Record<string, string> {
  return { ...HEADERS, 'cache-control': CACHING[kind], 'content-type': contentType }
}
