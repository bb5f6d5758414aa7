export { createLanguageChoice, type LanguageChoice } from './choose.ts'
export { type DetectedLanguage, detectLanguage } from './detect-language.ts'
export { findSpanishDates } from './spanish-dates.ts'
