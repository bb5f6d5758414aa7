/** ISO/IEC 7812 check digit (Luhn) over a string of digits. */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return digits.length > 1 && sum % 10 === 0
}

/** National Provider Identifier: Luhn over 80840 and the ten digits (45 CFR 162.406). */
export function isNpi(digits: string): boolean {
  return /^[12]\d{9}$/.test(digits) && passesLuhn(`80840${digits}`)
}

/** DEA registration: two letters, six digits and a check digit. */
export function isDea(value: string): boolean {
  const found = /^[A-Z]{2}(\d)(\d)(\d)(\d)(\d)(\d)(\d)$/i.exec(value)
  if (!found) return false
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, check = -1] = found.slice(1).map(Number)
  return (a + c + e + 2 * (b + d + f)) % 10 === check
}

const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
const VIN_LETTERS = '0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ'

/** Vehicle identification number with the check digit of 49 CFR 565.15. */
export function isVin(value: string): boolean {
  if (!/^[A-HJ-NPR-Z0-9]{17}$/i.test(value)) return false
  let sum = 0
  for (let i = 0; i < 17; i++) sum += (VIN_LETTERS.indexOf(value.charAt(i).toUpperCase()) % 10) * (VIN_WEIGHTS[i] ?? 0)
  return value.charAt(8).toUpperCase() === '0123456789X'.charAt(sum % 11)
}
