import type { JudgedRoute } from './prepare.ts'

const NEEDS_PROVIDER = 'needs an identity provider with a certificate that the server trusts: federated.test.ts'
const LINES = 'an OpenAI client asks for it, and wants a file of lines: line-batches.test.ts'

const KEPT = 'nothing is kept before a rule says so, and no run makes one with what hangs on it: kept.test.ts'
const LIMITS = 'fields of a limit or price go together, which schemathesis does not find: budgets.test.ts'
const VENDORS = 'facts come as a document of many, and a confirmation needs a fact: vendors.test.ts'

/** Routes that no run brings to a 2xx, with the reason and where they are tested instead. */
export const EXEMPT: Readonly<Partial<Record<JudgedRoute, string>>> = {
  startOidcSignIn: NEEDS_PROVIDER,
  finishOidcSignIn: NEEDS_PROVIDER,
  startOidcStepUp: NEEDS_PROVIDER,
  challengeRelease: 'only an operator names a class whose keys are released, in the keys file: key-releases.test.ts',
  releaseKey: 'needs evidence of a machine: key-releases.test.ts',
  shredKeys: 'only a patient who has keys can be shredded, and no route makes them yet: the tests of the keys slice',
  putLineFile: LINES,
  getLineFile: LINES,
  readLineFile: LINES,
  deleteLineFile: LINES,
  runLineBatch: LINES,
  getLineBatch: LINES,
  cancelLineBatch: LINES,
  activateAgreement:
    'only a draft can be activated, and drafts are made by the agreement route with all terms: agreements.test.ts',
  putKeptRule: KEPT,
  endKeptRule: KEPT,
  listHistory: KEPT,
  readHistory: KEPT,
  giveFeedback: KEPT,
  listFeedback: KEPT,
  createEvaluation: KEPT,
  deleteEvaluation: KEPT,
  addSample: KEPT,
  removeSample: KEPT,
  exportEvaluation: KEPT,
  putLimit: LIMITS,
  endLimit: LIMITS,
  putPrice: LIMITS,
  importVendorFacts: VENDORS,
  confirmVendorFact: VENDORS,
  submitBatch: 'a signature covers the exact bytes of the body, which schemathesis writes itself: batches.test.ts',
}

/** 5xx answers that are true: what they speak of is not this server. */
export const DELIBERATE: readonly (readonly [JudgedRoute, string])[] = [
  // The identity provider of the example has no such address.
  ['startOidcSignIn', 'identity-provider.unavailable'],
  // Somebody with the right froze everything: that is what 503 says until two people lift it.
  ['cross', 'egress.frozen'],
]

/**
 * Asked in runs of their own: each ends sessions or weakens them, its own included, or needs one that others end, or a
 * code of the very second.
 */
export const APART: readonly JudgedRoute[] = [
  'endOwnSession',
  'endSession',
  'finishPasskeyStepUp',
  'finishTotpEnrolment',
  'finishTotpSignIn',
  'finishTotpStepUp',
  'putSessionPolicy',
  'removeTotp',
]
