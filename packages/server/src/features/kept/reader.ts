import { AppError } from '@breakwater/kernel'
import type { Principal } from '../principals/index.ts'
import type { KeptRule, OpenPurpose } from './types.ts'

/** What was kept for one purpose is read for that one, by who was given it. Throws `purpose.not-permitted`. */
export function requirePurpose({ purposes }: Principal, stated: OpenPurpose, rule: KeptRule): void {
  if (stated === rule.purpose && purposes.includes(stated)) return
  throw new AppError('purpose.not-permitted', {
    message: 'it is not kept for this purpose, or the caller was not given it',
    field: '/purpose',
  })
}
