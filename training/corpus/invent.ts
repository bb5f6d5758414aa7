import { fillPattern, ID_FORMATS, MAKERS } from './identifiers.ts'
import { createRandom, type Random } from './random.ts'

/** Families whose numbers every site writes in its own way. */
const FAMILIES: ReadonlySet<string> = new Set(['mrn', 'plan', 'account', 'licence', 'device', 'oid', 'bio'])
const SEPARATORS = ['-', '-', '-', '/', '.', ' ', '_', ':']
const FEWEST_DIGITS = 4
const MOST_DIGITS = 14
/** A maker draws among forms: so many values show them. */
const SAMPLES = 40

export const canInvent = (family: string): boolean => FAMILIES.has(family)

/** What is left of a value when every letter is one letter and every digit one digit. */
export const skeletonOf = (value: string): string => value.replace(/\p{L}/gu, '@').replace(/\d/g, '#')

const heldOut = new Set(
  [...ID_FORMATS.values()].flat().flatMap(({ id, isHeldOut, pattern }) => {
    if (!isHeldOut) return []
    const random = createRandom(`invent/${id}`)
    const make = pattern.startsWith('=') ? MAKERS[pattern.slice(1)] : (one: Random) => fillPattern(pattern, one)
    return make ? Array.from({ length: SAMPLES }, () => skeletonOf(make(random))) : []
  }),
)

/**
 * An identifier of a form made up on the spot: perhaps letters in front, one to four groups, perhaps a tail. Never one
 * that has the skeleton of a held-out format, so that those stay new to whoever is trained on this.
 */
export function inventFormat(random: Random): string {
  for (;;) {
    const value = fillPattern(inventPattern(random), random)
    const digits = value.match(/\d/g)?.length ?? 0
    if (digits >= FEWEST_DIGITS && digits <= MOST_DIGITS && !heldOut.has(skeletonOf(value))) return value
  }
}

function inventPattern(random: Random): string {
  const separator = random.pick(SEPARATORS)
  const letters = random.chance(0.5) ? random.pick(['@', '@@', '@@', '@@@', '@@@', '@@@@', '%%']) : ''
  const joint = letters === '' ? '' : random.pick(['', '', separator, '-'])
  const groups = Array.from({ length: random.pick([1, 1, 2, 2, 2, 3, 3, 4]) }, () =>
    random.chance(0.15) ? '&'.repeat(random.between(2, 4)) : '#'.repeat(random.between(2, 6)),
  )
  const tail = random.chance(0.25) ? random.pick(['@', `${separator}@`, `${separator}#`, `${separator}@@`]) : ''
  return letters + joint + groups.join(separator) + tail
}
