const MIN_DIGITS = 7
const NINES = /^9+$/
const MAX_FACTOR = 200n

/**
 * Whether a JSON number could be somebody's number: a whole number of seven digits and more, which covers record
 * numbers, telephone and social security numbers and dates written without separators. Laboratory values have fewer, and
 * an exponent that only appends noughts makes no digits. Sizes and bounds of programs are nobody's.
 */
export function isIdentifierShaped(numberText: string): boolean {
  if (numberText.length < MIN_DIGITS) return false
  const [mantissa = ''] = numberText.toLowerCase().split('e')
  const digits = mantissa.replace(/^-/, '').replace('.', '').replace(/^0+/, '')
  return digits.length >= MIN_DIGITS && isWhole(numberText) && !isMeasure(digits)
}

function isWhole(numberText: string): boolean {
  return Number.isInteger(Number(numberText)) && Math.abs(Number(numberText)) >= 10 ** (MIN_DIGITS - 1)
}

/**
 * 2,147,483,647, 5,242,880, 10,000,000, 99,999,999: made of twos and fives but for a small factor, one below a power of two, or of
 * nines. Of record numbers of seven digits, one in two thousand is such a number, and of longer ones fewer.
 */
function isMeasure(digits: string): boolean {
  if (NINES.test(digits)) return true
  const number = BigInt(digits)
  return withoutFactor(withoutFactor(number, 2n), 5n) < MAX_FACTOR || withoutFactor(number + 1n, 2n) === 1n
}

function withoutFactor(number: bigint, factor: bigint): bigint {
  let rest = number
  while (rest > 0n && rest % factor === 0n) rest /= factor
  return rest
}
