export { applyPlan } from './apply.ts'
export { findJsonNumber, type JsonNumber } from './json-number.ts'
export { buildManifest, mergeManifests } from './manifest.ts'
export { PROFILES, planSpans } from './plan.ts'
