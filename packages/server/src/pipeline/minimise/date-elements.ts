/**
 * Where FHIR R4 resources say when they were: the elements a look-back goes by, unless a policy names others. A record is
 * as old as the latest of them.
 */
const ELEMENTS: Readonly<Record<string, string>> = {
  AllergyIntolerance: '/recordedDate /onsetDateTime /lastOccurrence',
  Appointment: '/start',
  CarePlan: '/period/start /period/end /created',
  CareTeam: '/period/start /period/end',
  Claim: '/created /billablePeriod/start /billablePeriod/end',
  ClaimResponse: '/created',
  ClinicalImpression: '/date /effectiveDateTime /effectivePeriod/start /effectivePeriod/end',
  Communication: '/sent /received',
  Composition: '/date',
  Condition: '/recordedDate /onsetDateTime /onsetPeriod/start /onsetPeriod/end /abatementDateTime',
  Coverage: '/period/start /period/end',
  DetectedIssue: '/identifiedDateTime',
  DeviceUseStatement: '/recordedOn /timingDateTime',
  DiagnosticReport: '/effectiveDateTime /effectivePeriod/start /effectivePeriod/end /issued',
  DocumentReference: '/date',
  Encounter: '/period/start /period/end',
  ExplanationOfBenefit: '/created /billablePeriod/start /billablePeriod/end',
  FamilyMemberHistory: '/date',
  Flag: '/period/start /period/end',
  Goal: '/startDate /statusDate',
  ImagingStudy: '/started',
  Immunization: '/occurrenceDateTime /recorded',
  List: '/date',
  Media: '/createdDateTime /createdPeriod/start /createdPeriod/end /issued',
  MedicationAdministration: '/effectiveDateTime /effectivePeriod/start /effectivePeriod/end',
  MedicationDispense: '/whenHandedOver /whenPrepared',
  MedicationRequest: '/authoredOn',
  MedicationStatement: '/effectiveDateTime /effectivePeriod/start /effectivePeriod/end /dateAsserted',
  NutritionOrder: '/dateTime',
  Observation: '/effectiveDateTime /effectiveInstant /effectivePeriod/start /effectivePeriod/end /issued',
  Procedure: '/performedDateTime /performedPeriod/start /performedPeriod/end',
  Provenance: '/recorded /occurredDateTime',
  QuestionnaireResponse: '/authored',
  RiskAssessment: '/occurrenceDateTime',
  ServiceRequest: '/authoredOn /occurrenceDateTime',
  Specimen: '/receivedTime /collection/collectedDateTime',
  Task: '/authoredOn /lastModified',
}

export const DATE_ELEMENTS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(ELEMENTS).map(([type, paths]) => [type, paths.split(' ')]),
)

/** Types that the log may name: anything else in `resourceType` is the caller's text. */
export const KNOWN_TYPES: ReadonlySet<string> = new Set([
  ...DATE_ELEMENTS.keys(),
  ...(
    'Account Basic Binary BodyStructure Bundle Consent Device DeviceRequest Endpoint EpisodeOfCare Group ' +
    'HealthcareService ImmunizationRecommendation InsurancePlan Invoice Location Medication MolecularSequence ' +
    'OperationOutcome Organization Parameters Patient Person Practitioner PractitionerRole Questionnaire RelatedPerson ' +
    'RequestGroup Schedule Slot Substance SupplyDelivery SupplyRequest VisionPrescription'
  ).split(' '),
])
