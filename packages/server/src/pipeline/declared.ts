import type { DataClass } from '@breakwater/contract'
import { dataClassSchema } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Credentials } from '../platform/http/credentials.ts'

const DATA_CLASS = 'Breakwater-Data-Class'
const USE = 'Breakwater-Use'
const EGRESS_TOOLS = 'Breakwater-Egress-Tools'
const TOOL_NAME = /^[A-Za-z0-9_.-]{1,128}\*?$/

/** What a caller says of its data. It can only make a decision stricter. */
export function readDeclaredData(headers: Credentials['headers']): { dataClass?: DataClass } {
  const stated = headers.get(DATA_CLASS)
  return stated === null ? {} : { dataClass: readDataClass(stated) }
}

/** Tools that the caller knows to send on what they are given: it can only add to them. */
export function readEgressTools(headers: Credentials['headers']): readonly string[] {
  const stated = headers.get(EGRESS_TOOLS)
  if (stated === null || stated === '') return []
  const names = stated.split(',').map((name) => name.trim())
  if (names.every((name) => TOOL_NAME.test(name))) return names
  throw new AppError('body.invalid', {
    message: `${EGRESS_TOOLS}: names of tools, separated by commas`,
    field: EGRESS_TOOLS,
  })
}

/** Whether what is sent shall train a model: a use of its own, with rules of its own. */
export function readIsTraining(headers: Credentials['headers']): boolean {
  const use = headers.get(USE)
  if (use === null || use === 'inference') return false
  if (use === 'training') return true
  throw new AppError('body.invalid', { message: `${USE}: inference or training`, field: USE })
}

function readDataClass(stated: string): DataClass {
  const parsed = dataClassSchema.safeParse(stated)
  if (parsed.success) return parsed.data
  throw new AppError('body.invalid', { message: `${DATA_CLASS}: not a class of data`, field: DATA_CLASS })
}
