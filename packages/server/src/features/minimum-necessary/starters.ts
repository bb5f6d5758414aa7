import type { MinimumPolicyInput, MinimumRule } from '@breakwater/contract'

const CODED = [
  '/id',
  '/meta/lastUpdated',
  '/status',
  '/category',
  '/code',
  '/subject/reference',
  '/encounter/reference',
]
const VALUED = ['/value*', '/interpretation', '/referenceRange', '/component', '/dataAbsentReason']

const rule = (fields: readonly string[], limits: Omit<MinimumRule, 'fields'> = {}): MinimumRule => ({
  fields: [...fields],
  ...limits,
})

/** What a clinical summary is made of. Everything of a record, but nobody's whole history (45 CFR 164.514(d)(5)). */
const WHOLE = ['/*']
const TREATMENT_DAYS = 1_826
const TREATMENT: MinimumPolicyInput['rules'] = {
  resources: {
    ...Object.fromEntries(
      [
        'AllergyIntolerance',
        'CarePlan',
        'CareTeam',
        'Condition',
        'Device',
        'FamilyMemberHistory',
        'Goal',
        'Medication',
        'MedicationRequest',
        'MedicationStatement',
        'Organization',
        'Patient',
        'Practitioner',
        'PractitionerRole',
        'ServiceRequest',
      ].map((type) => [type, rule(WHOLE)]),
    ),
    ...Object.fromEntries(
      [
        'DiagnosticReport',
        'DocumentReference',
        'Encounter',
        'ImagingStudy',
        'Immunization',
        'MedicationAdministration',
        'MedicationDispense',
        'Observation',
        'Procedure',
        'QuestionnaireResponse',
      ].map((type) => [type, rule(WHOLE, { lookBackDays: TREATMENT_DAYS })]),
    ),
  },
  records: [],
  otherResources: 'remove',
  otherObjects: 'keep',
}

const BILLING_DAYS = 730
const BILLING: MinimumPolicyInput['rules'] = {
  resources: {
    Patient: rule(['/id', '/identifier', '/name', '/birthDate', '/gender', '/address']),
    Coverage: rule(['/*']),
    Claim: rule(['/*'], { lookBackDays: BILLING_DAYS }),
    ClaimResponse: rule(['/*'], { lookBackDays: BILLING_DAYS }),
    ExplanationOfBenefit: rule(['/*'], { lookBackDays: BILLING_DAYS }),
    // For medical necessity: which, not what was found.
    Condition: rule(['/id', '/clinicalStatus', '/code/coding', '/subject/reference'], { lookBackDays: BILLING_DAYS }),
    Procedure: rule(['/id', '/status', '/code/coding', '/subject/reference'], { lookBackDays: BILLING_DAYS }),
    Encounter: rule(['/id', '/status', '/class', '/type/coding', '/subject/reference', '/serviceProvider'], {
      lookBackDays: BILLING_DAYS,
    }),
    Organization: rule(['/id', '/identifier', '/name', '/address']),
    Practitioner: rule(['/id', '/identifier', '/name']),
  },
  records: [],
  otherResources: 'remove',
  otherObjects: 'remove',
}

const OPERATIONS_DAYS = 365
const OPERATIONS: MinimumPolicyInput['rules'] = {
  resources: {
    Patient: rule(['/id', '/gender', '/birthDate', '/deceasedBoolean']),
    Condition: rule([...CODED, '/clinicalStatus', '/severity'], { lookBackDays: OPERATIONS_DAYS }),
    Encounter: rule(['/id', '/status', '/class', '/type', '/subject/reference', '/reasonCode', '/hospitalization'], {
      lookBackDays: OPERATIONS_DAYS,
    }),
    Observation: rule([...CODED, ...VALUED], { lookBackDays: OPERATIONS_DAYS, maxCount: 1_000 }),
    Procedure: rule([...CODED, '/outcome', '/complication'], { lookBackDays: OPERATIONS_DAYS }),
    MedicationRequest: rule(['/id', '/status', '/intent', '/medication*', '/subject/reference'], {
      lookBackDays: OPERATIONS_DAYS,
    }),
    Immunization: rule(['/id', '/status', '/vaccineCode', '/patient/reference'], { lookBackDays: OPERATIONS_DAYS }),
  },
  records: [],
  otherResources: 'remove',
  otherObjects: 'remove',
}

/** A model that reads images needs to know how old and of which sex, and nobody's name. */
const IMAGING: MinimumPolicyInput['rules'] = {
  resources: {
    Patient: rule(['/gender', '/birthDate']),
    ImagingStudy: rule([
      '/status',
      '/modality',
      '/started',
      '/numberOfSeries',
      '/numberOfInstances',
      '/procedureCode',
      '/reasonCode',
      '/series/modality',
      '/series/bodySite',
      '/series/laterality',
      '/series/numberOfInstances',
    ]),
    DiagnosticReport: rule(['/status', '/category', '/code', '/conclusionCode'], { lookBackDays: TREATMENT_DAYS }),
    Observation: rule(['/status', '/category', '/code', '/bodySite', ...VALUED], {
      lookBackDays: OPERATIONS_DAYS,
      maxCount: 100,
    }),
    Procedure: rule(['/status', '/code', '/bodySite'], { lookBackDays: TREATMENT_DAYS }),
  },
  records: [],
  otherResources: 'remove',
  otherObjects: 'remove',
}

/** Policies to begin with, by name. They are off: whoever answers for the purpose adapts and activates them. */
export const MINIMUM_STARTERS: Readonly<Record<string, MinimumPolicyInput>> = {
  treatment: { roles: ['clinician'], purposes: ['TREAT'], rules: TREATMENT },
  billing: { roles: ['billing-specialist'], purposes: ['HPAYMT'], rules: BILLING },
  operations: { roles: ['data-scientist', 'administrator', 'application'], purposes: ['HOPERAT'], rules: OPERATIONS },
  imaging: { roles: ['application'], purposes: ['TREAT'], models: ['imaging'], rules: IMAGING },
}
