import type { Role } from '@breakwater/deid'
import { addDays, type Day } from './dates.ts'
import { createPerson, type Person } from './person.ts'
import type { Random } from './random.ts'
import type { Split } from './split.ts'
import type { Surfaces } from './surfaces.ts'

/** What one document is about: its persons and places stay the same from sentence to sentence. */
export interface World {
  readonly random: Random
  readonly split: Split
  readonly surfaces: Surfaces
  /** Dates and identifiers take held-out formats. */
  readonly usesHeldOut: boolean
  /** Values by a key: the persons, facilities and formats that repeat. */
  readonly memory: Map<string, string>
  readonly persons: Map<string, Person>
  readonly age: number
  readonly today: Day
  readonly birth: Day
}

const ROLES: Readonly<Record<string, Role>> = {
  pt: 'patient',
  rel: 'relative',
  doc: 'clinician',
  nurse: 'clinician',
  oth: 'other',
}

export function createWorld(
  random: Random,
  split: Split,
  surfaces: Surfaces,
  usesHeldOut: boolean,
  isClean: boolean,
): World {
  const age = !isClean && random.chance(0.12) ? random.between(90, 104) : random.between(1, 89)
  const today = { year: random.between(2009, 2026), month: random.between(1, 12), day: random.between(1, 28) }
  const birth = addDays({ ...today, year: today.year - age }, -random.between(1, 360))
  return { random, split, surfaces, usesHeldOut, memory: new Map(), persons: new Map(), age, today, birth }
}

/** The person of a key (`pt`, `rel`, `rel2`, `doc`, `nurse`, `oth`), made up when first met. */
export function personOf(world: World, key: string): Person {
  const known = world.persons.get(key)
  if (known) return known
  const role = ROLES[key.replace(/\d+$/, '')] ?? 'other'
  const isOfFamily = role === 'relative'
  const family = isOfFamily ? personOf(world, 'pt') : undefined
  const isFemale = key === 'pt' ? undefined : isOfFamily ? isFemaleRelation(world, key) : undefined
  const person = createPerson(role, world.surfaces, world.split, world.random, family, isFemale)
  world.persons.set(key, person)
  return person
}

const RELATIONS: readonly (readonly [string, boolean])[] = [
  ['daughter', true],
  ['son', false],
  ['wife', true],
  ['husband', false],
  ['mother', true],
  ['father', false],
  ['sister', true],
  ['brother', false],
  ['aunt', true],
  ['uncle', false],
  ['niece', true],
  ['nephew', false],
  ['granddaughter', true],
  ['grandson', false],
  ['partner', true],
  ['daughter-in-law', true],
  ['son-in-law', false],
  ['fiancé', false],
  ['cousin', false],
  ['grandmother', true],
  ['stepfather', false],
  ['ex-wife', true],
  ['twin sister', true],
]

/** The relation that a relative of a key stands in, the same through a document. */
export function relationOf(world: World, key: string): string {
  const known = world.memory.get(`relation:${key}`)
  if (known) return known
  const [relation] = world.random.pick(RELATIONS)
  world.memory.set(`relation:${key}`, relation)
  return relation
}

function isFemaleRelation(world: World, key: string): boolean {
  const relation = relationOf(world, key)
  return RELATIONS.some(([word, isFemale]) => word === relation && isFemale)
}

/** A value that stays the same in a document with the given probability. */
export function remember(world: World, key: string, make: () => string, sameness = 1): string {
  const known = world.memory.get(key)
  if (known !== undefined && world.random.chance(sameness)) return known
  const made = make()
  world.memory.set(key, made)
  return made
}
