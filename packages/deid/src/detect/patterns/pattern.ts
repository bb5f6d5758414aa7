import type { PhiClass, Role, Stage } from '../../types.ts'

/** Something that may be an identifier; candidates may overlap, the resolver decides. Offsets of the view. */
export interface Candidate {
  readonly start: number
  readonly end: number
  readonly class: PhiClass
  readonly role: Role
  readonly score: number
  readonly source: string
  /** Left out by the rules: patterns and lists. */
  readonly stage?: Exclude<Stage, 'patterns' | 'lists'>
}

/**
 * A shape with its context, tried only where its trigger stands: at a number, at a code of letters and digits, or at
 * one of the listed words. The identifier is the named group `v`, else the whole match.
 */
export interface Pattern {
  readonly id: string
  readonly class: PhiClass
  readonly role?: Role
  readonly on: 'number' | 'code' | readonly string[]
  /** Sticky. Every repetition is bounded or cannot overlap its neighbour: linear time. */
  readonly regex: RegExp
  readonly score: number
  /** Judges what the shape alone cannot: a better or worse score, 0 to drop. Validators only raise. */
  readonly judge?: (value: string, context: Surroundings) => number
}

export interface Surroundings {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Compiles a pattern source: sticky, case-insensitive unless said. */
export function at(source: string, flags: 'i' | '' = 'i'): RegExp {
  return new RegExp(source, `${flags}y`)
}

/** Up to `width` units before a value, for context that stands on its left. */
export function before({ text, start }: Surroundings, width: number): string {
  return text.slice(Math.max(0, start - width), start)
}

export function after({ text, end }: Surroundings, width: number): string {
  return text.slice(end, end + width)
}

/** No letter or digit follows. */
export const END = '(?![A-Za-z0-9])'

/** What may stand between a label and its value: number words, punctuation, a table cell, a line break. */
export const LINK =
  '(?:\\s{0,12}(?:numbers?|no|nos|num|nbr|nr|id|ids|identifier|code|card|policy|plan|tag|is|was|are|of|as|ending in|ends in|ending|on file|reads|listed as|[#:=|(\\-\\[>"\'])\\.?){0,6}\\s{0,12}'

/** An identifier: letters, digits and single separators, with a digit among the first fifteen. */
export const CODE = '#?(?=[A-Z._/-]{0,14}\\d)[A-Z0-9](?:[A-Z0-9]|[-._/](?=[A-Z0-9])){2,39}'
