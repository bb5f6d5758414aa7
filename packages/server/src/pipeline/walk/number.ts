const IDENTIFIER = /^-?\d{7,}(?:\.0*)?(?:[eE][+-]?0+)?$/

/**
 * Whether a JSON number could be somebody's number: a whole number of seven digits and more, which covers record
 * numbers, telephone and social security numbers and dates written without separators. Laboratory values have fewer.
 */
export function isIdentifierShaped(numberText: string): boolean {
  return IDENTIFIER.test(numberText)
}
