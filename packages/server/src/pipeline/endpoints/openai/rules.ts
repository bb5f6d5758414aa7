import { AppError } from '@breakwater/kernel'

export type JsonObject = Readonly<Record<string, unknown>>

/** What a body must hold. */
export interface Rule {
  readonly field: string
  readonly rule: string
  readonly holds: (body: JsonObject) => boolean
}

export const isAbsent = (value: unknown): boolean => value === undefined || value === null
export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A rule for each of these members, which may be absent. */
export function typed(rule: string, isOfType: (value: unknown) => boolean, names: readonly string[]): Rule[] {
  return names.map((name) => ({
    field: `/${name}`,
    rule,
    holds: (body) => isAbsent(body[name]) || isOfType(body[name]),
  }))
}

export const numbers = (...names: readonly string[]): Rule[] =>
  typed('a number', (value) => typeof value === 'number', names)
export const strings = (...names: readonly string[]): Rule[] =>
  typed('a string', (value) => typeof value === 'string', names)
export const objects = (...names: readonly string[]): Rule[] => typed('an object', isRecord, names)
export const booleans = (...names: readonly string[]): Rule[] =>
  typed('a boolean', (value) => typeof value === 'boolean', names)
export const objectLists = (...names: readonly string[]): Rule[] =>
  typed('a list of objects', (value) => Array.isArray(value) && value.every(isRecord), names)

/** No model writes as many tokens; record numbers are longer. */
const MAX_LIMIT = 9_999_999
/** As llama.cpp and others write that there is none. */
const NO_LIMIT = -2
export const limits = (...names: readonly string[]): Rule[] =>
  typed(
    `a number up to ${MAX_LIMIT}`,
    (value) => typeof value === 'number' && value >= NO_LIMIT && value <= MAX_LIMIT,
    names,
  )

const MAX_CHOICES = 16
const isChoiceCount = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_CHOICES
export const choiceCounts = (...names: readonly string[]): Rule[] =>
  typed(`a whole number from 1 to ${MAX_CHOICES}`, isChoiceCount, names)

export const MODEL_RULE: Rule = {
  field: '/model',
  rule: 'a string that is not empty',
  holds: ({ model }) => typeof model === 'string' && model !== '',
}

/** One text or several, and nothing that stands for text: lists of token numbers cannot be read by anybody here. */
export const textRule = (name: string): Rule => ({
  field: `/${name}`,
  rule: 'a text, or a list of texts, not empty',
  holds: (body) => {
    const value = body[name]
    if (!Array.isArray(value)) return typeof value === 'string'
    return value.length > 0 && value.every((text) => typeof text === 'string')
  },
})

/** The body as an object that keeps all rules. Throws `body.invalid` with the field and the rule, never a value. */
export function requireRules(text: string, rules: readonly Rule[]): JsonObject {
  const body: unknown = JSON.parse(text)
  if (!isRecord(body)) throw refuse('', 'an object')
  for (const { field, rule, holds } of rules) if (!holds(body)) throw refuse(field, rule)
  return body
}

function refuse(field: string, rule: string): AppError {
  return new AppError('body.invalid', { message: `${field === '' ? 'the body' : field}: must be ${rule}`, field })
}
