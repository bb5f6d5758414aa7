import {
  kekEventSchema,
  keyringRotationSchema,
  keyRotationSchema,
  keyReleaseSchema,
  keyStatusSchema,
  reachabilityInputSchema,
  reachabilitySchema,
  releaseChallengeInputSchema,
  releaseChallengeSchema,
  releaseInputSchema,
  rewrapSchema,
  shredCertificateSchema,
  shredInputSchema,
} from '../keys.ts'
import type { RouteTable } from '../route.ts'

export const KEY_ROUTES = {
  readKeys: { method: 'GET', path: '/api/v1/keys', action: 'manageKeys', answer: keyStatusSchema },
  rotateKey: { method: 'POST', path: '/api/v1/keys/rotate', action: 'manageKeys', body: keyRotationSchema },
  rotateKeyring: {
    method: 'POST',
    path: '/api/v1/keys/keyring/rotate',
    action: 'manageKeys',
    body: keyringRotationSchema,
  },
  rewrapKeys: { method: 'POST', path: '/api/v1/keys/rewrap', action: 'manageKeys', answer: rewrapSchema },
  recordKekEvent: { method: 'POST', path: '/api/v1/keys/kek-events', action: 'manageKeys', body: kekEventSchema },
  shredKeys: {
    method: 'POST',
    path: '/api/v1/keys/shred',
    action: 'shredKeys',
    needsStepUp: true,
    needsPhishingResistance: true,
    body: shredInputSchema,
    answer: shredCertificateSchema,
  },
  readReachability: {
    method: 'POST',
    path: '/api/v1/keys/reachability',
    action: 'manageKeys',
    body: reachabilityInputSchema,
    answer: reachabilitySchema,
  },
  challengeRelease: {
    method: 'POST',
    path: '/api/v1/keys/releases/challenges',
    action: 'releaseKey',
    body: releaseChallengeInputSchema,
    answer: releaseChallengeSchema,
  },
  releaseKey: {
    method: 'POST',
    path: '/api/v1/keys/releases',
    action: 'releaseKey',
    body: releaseInputSchema,
    answer: keyReleaseSchema,
  },
} as const satisfies RouteTable
