import type { KnownName } from './patient.ts'

const TITLE = /^(?:mr|mrs|ms|miss|mx|dr|prof|rev|sir|herr|frau|mme|sra?)\.?$/i
const SUFFIX = /^(?:jr|sr|ii|iii|iv|md|phd|rn|esq)\.?$/i
const PARTICLE =
  /^(?:de|da|di|del|della|der|den|van|von|la|le|el|al|bin|ibn|ben|abu|dos|das|du|st|ter|ten|y|e|mc|mac)\.?$/i

/** A name as one text, "Maria G. Lopez" or "de la Cruz, Ana", in its parts. */
export function readNameText(text: string): KnownName {
  const comma = text.indexOf(',')
  if (comma > 0) {
    const behind = words(text.slice(comma + 1))
    if (behind.length > 0) return { given: behind, family: words(text.slice(0, comma)).join(' ') }
  }
  const all = words(text)
  let first = all.length - 1
  while (first > 1 && PARTICLE.test(all[first - 1] ?? '')) first--
  return first <= 0
    ? { given: [], family: all.join(' ') }
    : { given: all.slice(0, first), family: all.slice(first).join(' ') }
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '' && !TITLE.test(word) && !SUFFIX.test(word))
}

export function isParticle(word: string): boolean {
  return PARTICLE.test(word)
}
