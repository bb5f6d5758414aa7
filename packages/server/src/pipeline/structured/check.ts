import { AppError } from '@breakwater/kernel'
import { Ajv } from 'ajv'
import type { ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { findForms, listDemands, relaxSchema } from './schemas.ts'
import type { JsonSchema } from './schemas.ts'

/** What a text of the answer must be before it is let out. */
export interface AnswerForm {
  /** By the names of properties. */
  readonly values: ReadonlyMap<string, ValueForm>
  /** Whether a JSON text fulfils the schema; `holdsTokens` when it holds what its caller may not read, which fulfils no pattern. */
  fits(text: string, holdsTokens: boolean): boolean
}

/** What the value of a property must be. */
export interface ValueForm {
  /** Whether its text fulfils what is demanded of it alone. */
  fits(text: string): boolean
  /** It is written as a number where it is one. */
  readonly isNumber: boolean
}

export interface AnswerForms {
  readonly content: AnswerForm | undefined
  readonly tools: ReadonlyMap<string, AnswerForm>
}

export const NO_FORMS: AnswerForms = { content: undefined, tools: new Map() }

export function hasForms({ content, tools }: AnswerForms): boolean {
  return content !== undefined || tools.size > 0
}

/** A repetition inside a repetition takes for ever on some text. */
const NESTED = /\((?:[^()\\]|\\.)*(?:[*+]|\{\d+,\d*\})(?:[^()\\]|\\.)*\)(?:[*+]|\{\d+,)/
const MAX_PATTERN_LENGTH = 512
const DRAFT_7 = /draft-0[67]/

/** Of the body as its caller sent it. Throws `body.invalid` for a schema by which no answer could be judged. */
export function readAnswerForms(bodyText: string): AnswerForms {
  const { content, tools } = findForms(Object(JSON.parse(bodyText)))
  return {
    content: content === undefined ? undefined : createForm(content, true, 'response format'),
    tools: new Map(
      [...tools].map(([name, { schema, isStrict }]) => [name, createForm(schema, isStrict, 'parameters of a tool')]),
    ),
  }
}

/** Of what is not strict, no more is asked than what a value can be spelled as. */
function createForm(schema: JsonSchema, isStrict: boolean, what: string): AnswerForm {
  const values = createValueForms(schema)
  if (!isStrict) return { values, fits: () => true }
  const [strict, relaxed] = [compile(schema, what), compile(relaxSchema(schema), what)]
  return {
    values,
    fits(text, holdsTokens) {
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch {
        // Cut short by the provider's limit: its reader sees that, and the reason beside it.
        return true
      }
      return strict(value) || (holdsTokens && relaxed(value))
    },
  }
}

function createValueForms(schema: JsonSchema): ReadonlyMap<string, ValueForm> {
  const forms = new Map<string, ValueForm>()
  for (const [name, { keywords, isNumber }] of listDemands(schema)) {
    // Compiled for the first value that comes: most never do.
    let check: ((value: unknown) => boolean) | undefined
    const fits = (text: string): boolean => (check ??= compileLeniently({ type: 'string', ...keywords }))(text)
    forms.set(name, { isNumber, fits })
  }
  return forms
}

/** What cannot be checked demands nothing. */
function compileLeniently(schema: JsonSchema): (value: unknown) => boolean {
  try {
    return compile(schema, 'a property')
  } catch {
    return () => true
  }
}

function compile(schema: JsonSchema, what: string): ValidateFunction {
  const dialect = typeof schema === 'object' ? schema['$schema'] : undefined
  // What a schema refers to elsewhere is not fetched: such a schema does not compile.
  const options = { strict: false, validateSchema: false, code: { regExp: createPattern } } as const
  const ajv = typeof dialect === 'string' && DRAFT_7.test(dialect) ? new Ajv(options) : new Ajv2020(options)
  addFormats.default(ajv)
  try {
    return ajv.compile(schema)
  } catch (cause) {
    // The compiler's message quotes the schema.
    throw new AppError('body.invalid', { message: `${what}: not a JSON Schema that can be checked`, cause })
  }
}

const createPattern = Object.assign(
  (pattern: string, flags: string): RegExp => {
    if (pattern.length > MAX_PATTERN_LENGTH || NESTED.test(pattern)) throw new RangeError('too costly a pattern')
    return new RegExp(pattern, flags)
  },
  { code: 'new RegExp' },
)
