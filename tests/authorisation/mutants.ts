import { policyToJson, policyToText } from '@cedar-policy/cedar-wasm/nodejs'
import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'
import type { PolicySet } from '@breakwater/server'
import type { Cell } from '../../requirements/authorisation-matrix.ts'
import { expectCell, listCells, listCircumstances } from '../../requirements/authorisation-matrix.ts'

/** A policy set with one thing taken away. */
export interface Mutant {
  /** What is gone, e.g. `clinician-reads: condition 2`. */
  readonly name: string
  readonly set: PolicySet
  /** Whether a cell could be decided otherwise: it is of the policy's actions and role, and on the side that can change. */
  readonly concerns: (cell: Cell) => boolean
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Each policy gone, each condition of each gone; with `elements`, each alternative and each member of a list as well. */
export function* listMutants(set: PolicySet, { elements }: { readonly elements: boolean }): Generator<Mutant> {
  for (const [id, text] of Object.entries(set.policies)) {
    const read = policyToJson(text)
    if (read.type !== 'success') throw new Error(`${id} does not parse`)
    const policy = read.json
    const concerns = readScope(policy)
    const { [id]: _gone, ...others } = set.policies
    const isPermit = policy.effect === 'permit'
    yield { name: `${id}: gone`, set: { ...set, policies: others }, concerns: sideOf(concerns, isPermit) }
    let count = 0
    for (const { changed, kind } of listWithout(policy, elements)) {
      const written = policyToText(changed)
      if (written.type !== 'success') throw new Error(`${id} cannot be written`)
      count++
      yield {
        name: `${id}: condition ${count}`,
        set: { ...set, policies: { ...set.policies, [id]: written.text } },
        concerns: kind === 'when' ? sideOf(concerns, !isPermit) : concerns,
      }
    }
  }
}

function sideOf(concerns: Mutant['concerns'], isAllowed: boolean): Mutant['concerns'] {
  return (cell) => concerns(cell) && expectCell(cell) === isAllowed
}

interface Change {
  readonly changed: PolicyJson
  /** A condition that is gone widens the policy; what else changed may do either. */
  readonly kind: 'when' | 'other'
}

function* listWithout(policy: PolicyJson, elements: boolean): Generator<Change> {
  for (const [at, clause] of policy.conditions.entries()) {
    const replace = (body: Json | undefined): PolicyJson => ({
      ...policy,
      conditions: policy.conditions.flatMap((other, index) =>
        index !== at ? [other] : body === undefined ? [] : [{ ...clause, body: body as typeof clause.body }],
      ),
    })
    const parts = split(clause.body as Json, '&&')
    const kind = clause.kind === 'when' ? 'when' : 'other'
    for (const gone of parts.keys()) {
      yield { changed: replace(join(parts.filter((_, index) => index !== gone))), kind }
    }
    if (!elements) continue
    for (const [index, part] of parts.entries()) {
      for (const less of listLess(part)) yield { changed: replace(join(parts.with(index, less))), kind: 'other' }
    }
  }
}

/** The same expression with one alternative of an `||` or one member of a list gone. */
function* listLess(body: Json): Generator<Json> {
  if (typeof body !== 'object' || body === null) return
  if (Array.isArray(body)) {
    for (const [at, item] of body.entries()) for (const less of listLess(item)) yield body.with(at, less)
    return
  }
  for (const [key, value] of Object.entries(body)) {
    if (key === 'Set' && Array.isArray(value) && value.length > 1) {
      for (const gone of value.keys()) yield { Set: value.filter((_, index) => index !== gone) }
      return
    }
    if (key === '||') {
      const parts = split(body, '||')
      for (const gone of parts.keys())
        yield join(
          parts.filter((_, index) => index !== gone),
          '||',
        ) ?? body
      return
    }
    for (const less of listLess(value)) yield { ...body, [key]: less }
  }
}

function split(body: Json, operator: '&&' | '||'): Json[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return [body]
  const pair = body[operator]
  if (typeof pair !== 'object' || pair === null || Array.isArray(pair)) return [body]
  return [...split(pair['left'] ?? null, operator), ...split(pair['right'] ?? null, operator)]
}

function join(parts: readonly Json[], operator: '&&' | '||' = '&&'): Json | undefined {
  const [first, ...rest] = parts
  return rest.reduce<Json | undefined>((left, right) => ({ [operator]: { left: left ?? null, right } }), first)
}

function readScope({ action, principal }: PolicyJson): Mutant['concerns'] {
  const entities = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : undefined
  const actions = entities && new Set(entities.map(nameOf))
  const role = principal.op === 'in' && 'entity' in principal ? nameOf(principal.entity) : undefined
  return (cell) =>
    (!actions || actions.has(cell.action)) && (role === undefined || cell.roles.some((held) => held === role))
}

function nameOf(entity: { __entity: { id: string } } | { id: string }): string {
  return '__entity' in entity ? entity.__entity.id : entity.id
}

// A prime: neighbours in the table are often decided alike.
const STRIDE = 7919

/** The cells in an order that finds a difference soon: circumstances first, neighbours far from each other. */
export function listBySensitivity(): readonly Cell[] {
  return [[...listCircumstances()], [...listCells()]].flatMap((cells) =>
    cells.map((_, index) => cells[(index * STRIDE) % cells.length]).filter((cell) => cell !== undefined),
  )
}

/** The first cell that is decided otherwise than the table says. */
export function findDifference(
  { concerns }: Mutant,
  cells: readonly Cell[],
  decide: (cell: Cell) => boolean,
): Cell | undefined {
  return cells.find((cell) => concerns(cell) && decide(cell) !== expectCell(cell))
}
