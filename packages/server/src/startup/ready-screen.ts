export interface ReadyFacts {
  readonly program: string
  /** Of a program that listens. */
  readonly url?: string
  readonly version: string
  readonly home: string
  readonly caFile?: string
  readonly logDir: string
  /** Shown once, at the first start. */
  readonly token?: string
  readonly isEmbedded: boolean
  readonly readyMs: number
  readonly hasColours: boolean
}

const NOTE = 'Summarise: Mr. Jonas Falkner, MRN 00482913, came in on 3 March 2026 with chest pain.'

/** What a person sees when the server is ready: where it is, how to call it, where the proof lies. */
export function describeReady(facts: ReadyFacts): string {
  if (facts.program !== 'all') return describeProgram(facts)
  const paint = (code: number) => (text: string) => (facts.hasColours ? `\u001b[${code}m${text}\u001b[0m` : text)
  const [bold, dim, green, yellow] = [paint(1), paint(2), paint(32), paint(33)]
  const line = (label: string, text: string): string => `  ${dim(label.padEnd(11))}${text}`
  return [
    '',
    `  ${bold('Breakwater')} ${facts.version}  ${green('ready')} ${dim(`in ${(facts.readyMs / 1_000).toFixed(1)} s`)}`,
    '',
    line('address', bold(facts.url ?? '')),
    line('CA file', facts.caFile ?? ''),
    ...describeToken(facts, line, bold),
    line('log', facts.logDir),
    line('verify', 'npx breakwater audit verify'),
    '',
    ...describeBanner(facts, yellow),
    `  ${dim('Try it:')}`,
    '',
    ...describeCall(facts),
    '',
    `  ${dim('Ctrl-C stops it, after the requests in flight.')}`,
    '',
    '',
  ].join('\n')
}

/** Of one program among several, for the journal of its machine. */
function describeProgram({ program, version, url, readyMs }: ReadyFacts): string {
  const place = url === undefined ? '' : ` on ${url}`
  return `Breakwater ${version} ${program} ready${place} in ${(readyMs / 1_000).toFixed(1)} s\n`
}

function describeToken(
  { token, home }: ReadyFacts,
  line: (label: string, text: string) => string,
  bold: (text: string) => string,
): readonly string[] {
  if (token !== undefined) {
    return [line('token', bold(token)), line('', 'of the service `app`, shown this once')]
  }
  return [
    line('token', 'shown at the first start; issue another as administrator'),
    line('', `(token in ${home}/admin.token): POST /api/v1/principals/app/tokens`),
  ]
}

function describeBanner({ isEmbedded }: ReadyFacts, yellow: (text: string) => string): readonly string[] {
  if (!isEmbedded) return []
  return [`  ${yellow('NOT FOR PRODUCTION: built-in PostgreSQL. Set BREAKWATER_DATABASE_URL to use your own.')}`, '']
}

function describeCall({ url = '', caFile = '', token }: ReadyFacts): readonly string[] {
  const body = JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: NOTE }] })
  const bearer = token ?? '$BREAKWATER_TOKEN'
  return [
    `curl --cacert ${quote(caFile)} ${url}/v1/chat/completions \\`,
    `  -H "Authorization: Bearer ${bearer}" -H 'Content-Type: application/json' \\`,
    `  -d '${body}'`,
  ]
}

/** For a shell: a path may hold anything. */
function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
}
