import type { Feature } from '@breakwater/contract'
import type { ErrorCode } from '@breakwater/kernel'

/**
 * How a string at a declared place is treated. Without one it is scanned, as is every string at an undeclared place.
 * - `closed`: passes when its value is one of `values` or has the `form`, is scanned otherwise
 * - `model`: checked against the provider's models by a later stage
 * - `identifier`: names a person or account by definition, masked whole
 * - `signed`: a party signed or sealed it: it passes byte for byte, or not at all when it identifies
 * - `sealed`: only who sealed it can read it: it passes byte for byte when it is base64 of anything but text
 * - `json`: an object or list in the place of a text of JSON, and treated as that
 * - `id`, `drop`: of an answer: replaced by ours, emptied
 * - `url`: of an answer: an address, or what went to a search engine: guarded, and it never gets a value of the request's back
 * - `offset`: of an answer: a place in a text, counted in characters
 * - `reference`: of an answer: an id that the client sends back, kept as long as it looks like one
 * - `name`: of an answer: a tool that the request declared, or scanned
 * - `channel`: of an answer: text that arrives in pieces
 * - `repeated`: of an answer: what every event of a stream says again
 */
export type LeafUse =
  | 'closed'
  | 'model'
  | 'identifier'
  | 'signed'
  | 'sealed'
  | 'json'
  | 'id'
  | 'reference'
  | 'drop'
  | 'url'
  | 'offset'
  | 'name'
  | 'channel'
  | 'repeated'

/** What is known about a place in a JSON document. Whatever no shape declares is scanned. */
export interface Shape {
  readonly use?: LeafUse
  readonly values?: ReadonlySet<string>
  /** Of `closed`: passes as well when its value matches. */
  readonly form?: RegExp
  readonly members?: ReadonlyMap<string, Shape>
  /** For members that nobody declared; their names are scanned all the same. */
  readonly others?: Shape
  /** Names of members that nobody declared and that are not scanned: they can say nothing of anybody. */
  readonly harmlessNames?: RegExp
  readonly items?: Shape
  /** A number is expected here, so it is not taken for an identifier: in a request, one as small as a limit or a place. */
  readonly isNumber?: boolean
  /** Of a number: any is as good as another. */
  readonly isArbitrary?: boolean
  /** The channel's text is JSON (tool arguments). */
  readonly isJson?: boolean
  /** Refused here, unless the value's JSON text is one of `unless`. */
  readonly refusal?: { readonly code: ErrorCode; readonly unless: ReadonlySet<string> }
  /** The feature of the provider's that a value makes use of, by its JSON text. */
  readonly featureOf?: (text: string) => Feature | undefined
}

export const scanned: Shape = {}
export const numeric: Shape = { isNumber: true }
export const arbitrary: Shape = { isNumber: true, isArbitrary: true }

export function object(members: Readonly<Record<string, Shape>>, others?: Shape): Shape {
  return { members: new Map(Object.entries(members)), ...(others && { others }) }
}

export function list(items: Shape): Shape {
  return { items }
}

export function closed(...values: readonly string[]): Shape {
  return { use: 'closed', values: new Set(values) }
}

export function used(use: LeafUse): Shape {
  return { use }
}

/** `unless` holds JSON texts: `null` always passes, since it asks for nothing. */
export function refused(code: ErrorCode, ...unless: readonly string[]): Shape {
  return { isNumber: true, refusal: { code, unless: new Set(['null', ...unless]) } }
}

/** Passes when its value is one of `values`; anything else is refused. */
export function closedOrRefused(code: ErrorCode, ...values: readonly string[]): Shape {
  return {
    ...closed(...values),
    refusal: { code, unless: new Set(['null', ...values.map((value) => JSON.stringify(value))]) },
  }
}

/** A value here makes use of a feature of the provider's, unless it is one of `unless` (JSON texts) or null. */
export function using(feature: Feature, shape: Shape, ...unless: readonly string[]): Shape {
  const without = new Set(['null', ...unless])
  return { ...shape, featureOf: (text) => (without.has(text) ? undefined : feature) }
}
