import type { AsvsRow } from './types.ts'
import { V10 } from './v10.ts'
import { V11 } from './v11.ts'
import { V12 } from './v12.ts'
import { V6 } from './v6.ts'
import { V7 } from './v7.ts'
import { V8 } from './v8.ts'
import { V9 } from './v9.ts'

export interface AsvsChapter {
  readonly id: string
  readonly title: string
  /** Requirements of levels 1, 2 and 3 in ASVS 5.0.0. */
  readonly counts: readonly [number, number, number]
  readonly rows: readonly AsvsRow[]
}

/** The chapters that are traced. */
export const ASVS: readonly AsvsChapter[] = [
  { id: 'V6', title: 'Authentication', counts: [13, 22, 12], rows: V6 },
  { id: 'V7', title: 'Sessions', counts: [6, 12, 1], rows: V7 },
  { id: 'V8', title: 'Authorization', counts: [4, 3, 6], rows: V8 },
  { id: 'V9', title: 'Self-contained tokens', counts: [4, 3, 0], rows: V9 },
  { id: 'V10', title: 'OAuth and OIDC', counts: [5, 24, 7], rows: V10 },
  { id: 'V11', title: 'Cryptography', counts: [3, 11, 10], rows: V11 },
  { id: 'V12', title: 'Communication', counts: [3, 6, 3], rows: V12 },
]
