export type { Tagger } from '@breakwater/deid'
export { WORD_FEATURES } from './features/columns.ts'
export { createFeaturiser, type Featurised } from './features/featurise.ts'
export type { Words } from './features/words.ts'
export { alignPieces, PIECE_LISTS, PIECE_SHAPES } from './piece/align.ts'
export { readVocabulary } from './piece/vocabulary.ts'
export { cutPieces } from './piece/word-piece.ts'
export { groupIndexOf, NAME_ROLES, NO_ROLE, TAG_GROUPS, TAGS } from './tags.ts'
export { ENGLISH_WEIGHTS, loadScorer, loadTagger } from './load.ts'
export { forbidTelemetry } from './model/no-telemetry.ts'
export {
  createTagger,
  type EnglishTagger,
  type Scored,
  type TaggerOptions,
  type TaggingSteps,
} from './runtime/tagger.ts'
export { loadSpanishTagger, SPANISH_WEIGHTS } from './spanish/load.ts'
export { createExtractor as createSpanishExtractor, MAX_FEATURES as MAX_SPANISH_FEATURES } from './spanish/features.ts'
