import type { DataClass } from '@breakwater/contract'
import { dataClassSchema } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Credentials } from '../platform/http/credentials.ts'

const DATA_CLASS = 'Breakwater-Data-Class'
const USE = 'Breakwater-Use'

/** What a caller says of its data. It can only make a decision stricter. */
export function readDeclaredData(headers: Credentials['headers']): { dataClass?: DataClass } {
  const stated = headers.get(DATA_CLASS)
  return stated === null ? {} : { dataClass: readDataClass(stated) }
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
