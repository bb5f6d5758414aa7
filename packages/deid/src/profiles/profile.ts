import { createHash } from 'node:crypto'
import { AppError, canonicalJson } from '@breakwater/kernel'
import type { LegalState, Operator, PhiClass, ProfileName } from '../types.ts'

/** A named set of decisions, as data. */
export interface ProfileData {
  readonly name: ProfileName
  readonly version: number
  readonly label: LegalState
  /** What happens to each class; under `generalise`, the class says how (see decide.ts). */
  readonly operators: Readonly<Record<PhiClass, Operator>>
  /** Ids of the tables it decides by. */
  readonly tables: readonly string[]
  /** Two-digit years up to this one are of this century, unless the text shows otherwise. */
  readonly twoDigitYearPivot: number
}

export interface Profile extends ProfileData {
  /** SHA-256 of the profile's canonical JSON, in hexadecimal. */
  readonly sha256: string
}

interface LabelRule {
  readonly operators: readonly Operator[]
  /** Classes that may stay as they are. */
  readonly mayKeep: readonly PhiClass[]
}

/**
 * What a label permits. Safe Harbor knows removal and the generalisations that 45 CFR 164.514(b)(2)(i)(B) and (C) name;
 * anything derived from the value, a keyed token too, is refused: 45 CFR 164.514(c).
 */
const LABEL_RULES: Readonly<Record<LegalState, LabelRule>> = {
  'safe-harbor-transformed': { operators: ['remove', 'generalise', 'keep'], mayKeep: ['STATE', 'COUNTRY'] },
  pseudonymised: { operators: ['remove', 'generalise', 'token', 'keep'], mayKeep: ['STATE', 'COUNTRY'] },
}

/** Classes that have a generalisation. */
const GENERALISABLE: readonly PhiClass[] = ['ZIP', 'DATE', 'DATE_PART', 'YEAR', 'AGE']

/** Loads a profile. Throws `config.invalid`, naming class and operator, when its label forbids what it does. */
export function defineProfile(data: ProfileData): Profile {
  const rule = LABEL_RULES[data.label]
  for (const [phiClass, operator] of Object.entries(data.operators)) {
    if (!isPermitted(rule, phiClass, operator)) {
      throw new AppError('config.invalid', {
        message: `profile ${data.name}: the label ${data.label} forbids the operator ${operator} for ${phiClass}`,
      })
    }
  }
  const sha256 = createHash('sha256')
    .update(canonicalJson({ ...data }))
    .digest('hex')
  return { ...data, sha256 }
}

function isPermitted(rule: LabelRule, phiClass: string, operator: Operator): boolean {
  if (!rule.operators.includes(operator)) return false
  if (operator === 'keep') return rule.mayKeep.some((kept) => kept === phiClass)
  if (operator === 'generalise') return GENERALISABLE.some((known) => known === phiClass)
  return true
}
