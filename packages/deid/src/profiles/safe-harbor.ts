import { defineProfile } from './profile.ts'
import type { Profile } from './profile.ts'

/**
 * Removal by the list of 45 CFR 164.514(b)(2)(i). The text is de-identified only together with a person's signed
 * statement of no actual knowledge, (b)(2)(ii): hence the label.
 */
export const safeHarborProfile: Profile = defineProfile({
  name: 'safe-harbor',
  version: 1,
  label: 'safe-harbor-transformed',
  operators: {
    NAME: 'remove',
    INITIALS: 'remove',
    STREET: 'remove',
    CITY: 'remove',
    COUNTY: 'remove',
    STATE: 'keep',
    COUNTRY: 'keep',
    ZIP: 'generalise',
    GEO: 'remove',
    FACILITY: 'remove',
    DATE: 'generalise',
    TIME: 'remove',
    DATE_PART: 'generalise',
    YEAR: 'generalise',
    AGE: 'generalise',
    PHONE: 'remove',
    FAX: 'remove',
    EMAIL: 'remove',
    SSN: 'remove',
    MRN: 'remove',
    PLAN_ID: 'remove',
    ACCOUNT: 'remove',
    LICENCE: 'remove',
    VEHICLE: 'remove',
    DEVICE: 'remove',
    URL: 'remove',
    IP: 'remove',
    BIOMETRIC: 'remove',
    PHOTO: 'remove',
    OTHER_ID: 'remove',
    USERNAME: 'remove',
    CHARACTERISTIC: 'remove',
    EMPLOYER: 'remove',
  },
  tables: ['zip3/census-zcta'],
  twoDigitYearPivot: 30,
})
