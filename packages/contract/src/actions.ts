/**
 * What the policy set decides about: one action an operation. The first six move or use data; the rest
 * administer. An action that the schema of the active set does not know is denied.
 */
export const ACTIONS = [
  'cross',
  'preview',
  'restore',
  'train',
  'readData',
  'writeData',
  'readLedger',
  'readConfiguration',
  'manageProviders',
  'manageAgreements',
  'managePrincipals',
  'manageIdentity',
  'manageSessions',
  'draftPolicy',
  'approvePolicy',
  'explainPolicy',
  'recordBasis',
  'requestAccess',
  'approveAccess',
  'breakGlass',
  'recertify',
  'manageKeys',
  'shredKeys',
  'releaseKey',
  'freeze',
  'unfreeze',
  'submitBatch',
  'manageKept',
  'readKept',
  'curateEvaluation',
  'exportEvaluation',
  'giveFeedback',
  'runBatch',
] as const

export type Action = (typeof ACTIONS)[number]
