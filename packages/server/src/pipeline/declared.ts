import type { DataClass } from '@breakwater/contract'
import { dataClassSchema, slugSchema } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Credentials } from '../platform/http/credentials.ts'

const DATA_CLASS = 'Breakwater-Data-Class'
const LABELS = 'Breakwater-Labels'
const USE = 'Breakwater-Use'
const MAX_LABELS = 20

/** What a caller says of its data. It can only make a decision stricter. */
export function readDeclaredData(headers: Credentials['headers']): {
  dataClass?: DataClass
  labels?: readonly string[]
} {
  const [stated, labels] = [headers.get(DATA_CLASS), headers.get(LABELS)]
  return {
    ...(stated !== null && { dataClass: readDataClass(stated) }),
    ...(labels !== null && { labels: readLabels(labels) }),
  }
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

function readLabels(text: string): readonly string[] {
  const labels = text.split(',').map((label) => label.trim())
  if (labels.length <= MAX_LABELS && labels.every((label) => slugSchema.safeParse(label).success)) return labels
  throw new AppError('body.invalid', { message: `${LABELS}: names of labels, separated by commas`, field: LABELS })
}
