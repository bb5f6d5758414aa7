import { defineProfile } from './profile.ts'
import type { Profile } from './profile.ts'

/**
 * Tokens that the sender's side can restore: the text stays PHI, so it needs an agreement. A social security number is
 * never restorable; ages of 90 and more, and years that tell them, are generalised as under Safe Harbor.
 */
export const gatewayProfile: Profile = defineProfile({
  name: 'gateway',
  version: 1,
  label: 'pseudonymised',
  operators: {
    NAME: 'token',
    INITIALS: 'token',
    STREET: 'token',
    CITY: 'token',
    COUNTY: 'token',
    STATE: 'keep',
    COUNTRY: 'keep',
    ZIP: 'token',
    GEO: 'token',
    FACILITY: 'token',
    DATE: 'token',
    TIME: 'token',
    DATE_PART: 'token',
    YEAR: 'generalise',
    AGE: 'generalise',
    PHONE: 'token',
    FAX: 'token',
    EMAIL: 'token',
    SSN: 'remove',
    MRN: 'token',
    PLAN_ID: 'token',
    ACCOUNT: 'token',
    LICENCE: 'token',
    VEHICLE: 'token',
    DEVICE: 'token',
    URL: 'token',
    IP: 'token',
    BIOMETRIC: 'token',
    PHOTO: 'token',
    OTHER_ID: 'token',
    USERNAME: 'token',
    CHARACTERISTIC: 'token',
    EMPLOYER: 'token',
  },
  tables: [],
  twoDigitYearPivot: 30,
})
