import { openGazetteer } from './gazetteer/gazetteer.ts'
import { createOrdinary } from './known/index.ts'

/**
 * Tells words (lower case, letters only) that are ordinary ones of the language or the clinic too, by the packed
 * dictionaries: a known name of such a word alone is found only with a cue. Throws `detector.unavailable`.
 */
export function createOrdinaryWords(gazetteer: Uint8Array): (word: string) => boolean {
  return createOrdinary(openGazetteer(gazetteer))
}
