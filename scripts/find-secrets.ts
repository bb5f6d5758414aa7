/** A secret's place: what it looks like and where, never the secret. */
export interface Finding {
  readonly file: string
  readonly line: number
  readonly kind: string
}

/** What a secret looks like. A pattern stands for one issuer or one form; broad ones need a name beside the value. */
const SHAPES: readonly (readonly [string, RegExp])[] = [
  ['private key', /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[A-Za-z0-9+/=\s]{40}/],
  ['private JWK', /(?<![\w-])["']?d["']?: ?["'][A-Za-z0-9_-]{43,}["']/],
  ['AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['OpenAI key', /\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{24,}\b/],
  ['GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36,}\b/],
  ['Google key', /\bAIza[0-9A-Za-z_-]{35}\b/],
  ['Slack token', /\bxox[abposr]-[0-9A-Za-z-]{20,}\b/],
  ['token of Breakwater', /\bbw[a-z]?_[a-z0-9-]+_[A-Za-z0-9_-]{43}\b/],
  ['signed token', /\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/],
  ['password in a URL', /\b[a-z][a-z0-9+]+:\/\/[^\s:@/'"`$]{1,64}:[^\s:@/'"`$]{8,}@/],
  [
    'named secret',
    /(?:secret|passw(?:or)?d|api_?key|client_?secret|private_?key)["']?\s*[:=]\s*["'][A-Za-z0-9+/=_-]{32,}["']/i,
  ],
]

/** Every place in a text that looks like a secret (45 CFR 164.308(a)(5)(ii)(D)). */
export function findSecrets(file: string, text: string): readonly Finding[] {
  const findings: Finding[] = []
  for (const [kind, shape] of SHAPES) {
    for (const match of text.matchAll(new RegExp(shape, `${shape.flags}g`))) {
      findings.push({ file, line: text.slice(0, match.index).split('\n').length, kind })
    }
  }
  return findings
}
