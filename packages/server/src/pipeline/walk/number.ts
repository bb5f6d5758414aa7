const MIN_IDENTIFIER_DIGITS = 7

/**
 * Whether a JSON number could be somebody's number: a whole number of seven digits and more, which covers record
 * numbers, telephone and social security numbers and dates written without separators. Laboratory values have fewer.
 */
export function isIdentifierShaped(numberText: string): boolean {
  return new RegExp(`^-?\\d{${MIN_IDENTIFIER_DIGITS},}(?:\\.0*)?(?:[eE][+-]?0+)?$`).test(numberText)
}
