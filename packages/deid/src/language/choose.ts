import { AppError } from '@breakwater/kernel'
import type { DetectOptions, Language, TextEngineOptions } from '../types.ts'
import { judgeTally, judgeWhole, type LanguageTally, tallyLanguage } from './detect-language.ts'

/** `tallies` are what `tallyLanguage` says of each text, for whoever remembers it. */
export type LanguageChoice = (texts: readonly string[], tallies?: readonly LanguageTally[]) => Language[]

/**
 * How the language of each part of a document is chosen. A part that is too short to tell takes the language of the
 * whole, and that is English where the whole does not tell either. Throws `language.unsupported`.
 */
export function createLanguageChoice(
  asked: DetectOptions['language'],
  languages: TextEngineOptions['languages'],
): LanguageChoice {
  const chosen = asked ?? (languages ? 'auto' : 'en')
  if (chosen !== 'auto') {
    if (chosen === 'es' && !languages?.es) throw unsupported()
    return (texts) => texts.map(() => chosen)
  }
  return (texts, tallies = texts.map(tallyLanguage)) => {
    const found = tallies.map(judgeTally)
    if (found.includes('unsupported')) throw unsupported()
    const whole = found.includes('undetermined') ? judgeWhole(texts, tallies) : 'en'
    return found.map((own): Language => {
      const language = own === 'undetermined' ? whole : own
      if (language !== 'es') return 'en'
      if (!languages?.es) throw unsupported()
      return 'es'
    })
  }
}

function unsupported(): AppError {
  return new AppError('language.unsupported', {
    message: 'The text is in a language that detection does not read: English and Spanish only.',
  })
}
