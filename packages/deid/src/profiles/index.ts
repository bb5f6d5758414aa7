export { applyPlan } from './apply.ts'
export { buildManifest, mergeManifests } from './manifest.ts'
export { PROFILES, planSpans } from './plan.ts'
