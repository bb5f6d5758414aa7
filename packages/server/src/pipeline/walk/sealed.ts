const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/
const MIN_BYTES = 32
const MAX_CHARS = 1_048_576
/** Of random bytes 37 % are printable ASCII: of 32 more than three in four are once in 100,000 times. */
const MAX_PRINTABLE_SHARE = 0.75
/** Twenty printable bytes in a row come once in 400 million places. */
const MAX_PRINTABLE_RUN = 20
/** What Anthropic writes at the head of what it seals: a number at random (RFC 9562), the model's name. */
const HEADS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|claude-[a-z0-9.-]{1,40}/g

/**
 * Whether only its maker can read it: base64 (or base64url, RFC 4648) of bytes that are neither text nor hold any of
 * some length. What somebody merely encoded is text.
 */
export function isSealed(value: string): boolean {
  if (value.length > MAX_CHARS || !BASE64.test(value)) return false
  const sealed = Buffer.from(value, 'base64url').toString('latin1')
  const bytes = Buffer.from(sealed.replace(HEADS, ''), 'latin1')
  if (bytes.length < MIN_BYTES) return false
  let [printable, run, longest] = [0, 0, 0]
  for (const byte of bytes) {
    const isPrintable = byte >= 0x20 && byte < 0x7f
    printable += Number(isPrintable)
    run = isPrintable ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return printable / bytes.length <= MAX_PRINTABLE_SHARE && longest < MAX_PRINTABLE_RUN
}
