import { readKnownPatient } from '@breakwater/deid'
import type { KnownPatient } from '@breakwater/deid'
import { AppError } from '@breakwater/kernel'
import type { Credentials } from '../platform/http/credentials.ts'
import { findSecurityLabels } from './labels.ts'

const HEADER = 'Breakwater-Patient'
const MAX_ID_CHARS = 256
/** Half of what Node lets all headers of a request be together. */
const MAX_RECORD_CHARS = 8_192
const RECORD = /^:(?<base64>[A-Za-z0-9+/_=-]+):$/

/** Whose data a request is about. Neither part goes further than this request. */
export interface DeclaredPatient {
  /** The patient's id, for keyed hashes only. */
  readonly scope: string | undefined
  /** What the caller knows of the patient, for detection only. */
  readonly known: readonly KnownPatient[]
  /** What the record bears. */
  readonly labels: readonly string[]
}

/**
 * `Breakwater-Patient`: the patient's id, or between colons (a byte sequence of RFC 9651) the base64 of a FHIR Patient or
 * of an object of identifiers, as JSON. An id that holds a digit is searched for as well. Throws `body.invalid`, which
 * names the member and the rule.
 */
export function readPatient(headers: Credentials['headers']): DeclaredPatient {
  const value = headers.get(HEADER)
  if (value === null || value === '') return { scope: undefined, known: [], labels: [] }
  if (value.length > MAX_RECORD_CHARS) throw refuse(`at most ${MAX_RECORD_CHARS} characters`)
  const base64 = RECORD.exec(value)?.groups?.['base64']
  if (base64 !== undefined) return readRecord(parse(base64))
  if (value.length > MAX_ID_CHARS) throw refuse(`an id of at most ${MAX_ID_CHARS} characters`)
  return {
    scope: value,
    known: /\d/.test(value) ? [readKnownPatient({ identifiers: [value.slice(0, 200)] }, HEADER)] : [],
    labels: [],
  }
}

function readRecord(record: unknown): DeclaredPatient {
  const patient = readKnownPatient(record, HEADER)
  const isResource = typeof record === 'object' && record !== null && 'id' in record && typeof record.id === 'string'
  const scope = isResource ? String(record.id) : patient.identifiers[0]?.value
  if (scope === undefined || scope === '') throw refuse('an id or an identifier, so that its tokens are its own')
  return { scope, known: [patient], labels: findSecurityLabels(JSON.stringify(record)) }
}

function parse(base64: string): unknown {
  try {
    const bytes = Buffer.from(base64, 'base64')
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // The parser's message quotes what it read.
    throw refuse('the base64 of JSON, between colons')
  }
}

function refuse(rule: string): AppError {
  return new AppError('body.invalid', { message: `${HEADER}: ${rule}`, field: HEADER })
}
