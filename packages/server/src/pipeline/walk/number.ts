const MIN_DIGITS = 7
// What generators of schemas write as the bounds of a whole number.
const BOUND = String(Number.MAX_SAFE_INTEGER)

/**
 * Whether a JSON number could be somebody's number: a whole number of seven digits and more, which covers record
 * numbers, telephone and social security numbers and dates written without separators. Laboratory values have fewer, and
 * an exponent that only appends noughts makes no digits.
 */
export function isIdentifierShaped(numberText: string): boolean {
  if (numberText.length < MIN_DIGITS) return false
  const [mantissa = ''] = numberText.toLowerCase().split('e')
  const digits = mantissa.replace(/^-/, '').replace('.', '').replace(/^0+/, '')
  return digits.length >= MIN_DIGITS && digits !== BOUND && isWhole(numberText)
}

function isWhole(numberText: string): boolean {
  return Number.isInteger(Number(numberText)) && Math.abs(Number(numberText)) >= 10 ** (MIN_DIGITS - 1)
}
