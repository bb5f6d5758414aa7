export { createLanguageChoice, type LanguageChoice } from './choose.ts'
export { type DetectedLanguage, detectLanguage, type LanguageTally, tallyLanguage } from './detect-language.ts'
export { findSpanishAges } from './spanish-ages.ts'
export { findSpanishDates } from './spanish-dates.ts'
