/** What training of the residual scanner's model shares with the scanner: one reading of words, one set of features. */
export { addNeighbourFeatures, addOwnFeatures } from './residual/features.ts'
export {
  packResidualModel,
  readRecipe as readResidualRecipe,
  readVoice as readResidualVoice,
  type ResidualThresholds,
} from './residual/model.ts'
export { isCandidate as isResidualCandidate } from './residual/scanner.ts'
export { readWords as readResidualWords, type TextRange } from './residual/words.ts'
