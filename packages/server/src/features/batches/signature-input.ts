/** What one signature of a request covers and says (RFC 9421), in the one shape that this server reads. */
export interface SignatureInput {
  readonly label: string
  readonly components: readonly string[]
  /** As they were written: what is signed is this text. */
  readonly params: string
  readonly createdSeconds: number
  readonly keyId: string
  readonly nonce: string
  readonly tag: string | undefined
}

const MAX_CHARS = 2_048
const LABEL =
  /^([a-z][a-z0-9_-]{0,31})=(\(((?:"[a-z0-9@-]+"(?: "[a-z0-9@-]+")*)?)\)((?:;[a-z]+=(?:"[\x20\x21\x23-\x5b\x5d-\x7e]*"|\d{1,15}))*))$/
const PARAM = /;([a-z]+)=(?:"([^"]*)"|(\d+))/g

/**
 * One signature, plain components, each parameter once: undefined for everything else, however well-formed. What is not read
 * cannot be read in two ways.
 */
export function parseSignatureInput(header: string | null): SignatureInput | undefined {
  const [, label, params, list, tail] =
    (header?.length ?? MAX_CHARS) < MAX_CHARS ? (LABEL.exec(header ?? '') ?? []) : []
  if (label === undefined || params === undefined || tail === undefined) return undefined
  const components = (list ?? '').split(' ').map((name) => name.slice(1, -1))
  const found = [...tail.matchAll(PARAM)].map(([, name = '', text, number]) => [name, text ?? number ?? ''] as const)
  const values = new Map(found)
  const [created, keyId, nonce] = [values.get('created'), values.get('keyid'), values.get('nonce')]
  const isDoubled = values.size !== found.length || new Set(components).size !== components.length
  if (isDoubled || created === undefined || !/^\d+$/.test(created) || keyId === undefined || nonce === undefined)
    return undefined
  return { label, components, params, createdSeconds: Number(created), keyId, nonce, tag: values.get('tag') }
}

/** The bytes of a signature under its label (RFC 8941 byte sequence). Undefined when it is not the only one. */
export function parseSignature(header: string | null, label: string): Buffer | undefined {
  const [, name, base64 = ''] = /^([a-z][a-z0-9_-]{0,31})=:([A-Za-z0-9+/]{4,1400}={0,2}):$/.exec(header ?? '') ?? []
  return name === label ? Buffer.from(base64, 'base64') : undefined
}

/** Section 2.5: a line for each component, the parameters last. */
export function makeSignatureBase(
  { components, params }: Pick<SignatureInput, 'components' | 'params'>,
  valueOf: (component: string) => string | null,
): string | undefined {
  const lines: string[] = []
  for (const component of components) {
    const value = valueOf(component)
    if (value === null) return undefined
    lines.push(`"${component}": ${value}`)
  }
  return [...lines, `"@signature-params": ${params}`].join('\n')
}
