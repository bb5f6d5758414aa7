const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
/** Half of a UUID's digits and more, with letters among them: no number of anybody's has them. */
const DIGITS = '(?=(?:[0-9]*[a-f]){2})[0-9a-f]{24,64}'
const WORD = '[a-z]{2,9}[_-](?:tool-|\\d{1,3}_)?'
const HEX_ID = new RegExp(`^(?:${WORD})?(${DIGITS})$`)
const UUID_ID = new RegExp(`^(?:${WORD})?${UUID}$`)

/**
 * What servers draw at random to name a call, an item or an answer, in hexadecimal, behind a word of theirs. Digits stand in
 * a row there as they do in a number of somebody's; text that is merely encoded is none.
 */
export function isRandomHex(text: string): boolean {
  const [, digits] = HEX_ID.exec(text) ?? []
  return digits !== undefined && !isText(digits) && !isText(digits.slice(1))
}

function isText(digits: string): boolean {
  const decoded = Buffer.from(digits, 'hex').toString('utf8')
  return /^[^\p{Cc}\ufffd]*$/u.test(decoded)
}

/** The same in the form of RFC 9562. */
export function isRandomUuid(text: string): boolean {
  return UUID_ID.test(text)
}

/**
 * Where clients of chat completions, Messages and Responses give such ids back, as a JSON pointer. Nowhere else: in arguments of
 * tools and in records the same letters may be somebody's key.
 */
export const ID_PLACE =
  /^\/(?:messages|input)\/\d+\/(?:id|call_id|tool_call_id|(?:tool_calls|content)\/\d+\/(?:id|tool_use_id))$/
