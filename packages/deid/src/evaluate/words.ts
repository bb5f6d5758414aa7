/** A word or a number, with what joins its parts: `120/80`, `co-amoxiclav`, `0.5`. */
export const WORDS: RegExp = /[\p{L}\p{N}]+(?:[./'’-][\p{L}\p{N}]+)*/gu

/** Units that make a number a dose, a measurement or a duration. */
const UNIT =
  /^\s?-?(?:mg|mcg|µg|ug|g|kg|lbs?|ml|dl|l|mm|cm|mmhg|mmol|meq|iu|units?|bpm|%|hours?|hrs?|days?|weeks?|months?|years?|yo|y\/o|min|mg\/dl|x\d)(?![\p{L}])/iu
const MEASURE = /^\d+(?:[./]\d+)+$|^\d+(?:\.\d+)?(?:mg|mcg|g|kg|ml|mm|cm|%|mmhg|bpm|f|c)$/i
/** Endings of drug stems (INN), diseases, procedures and findings. */
const ENDING =
  /(?:itis|osis|emia|aemia|uria|pathy|ectomy|ostomy|otomy|plasty|scopy|graphy|gram|algia|oma|megaly|penia|plegia|paresis|rrhea|sclerosis|stenosis|trophy|pril|sartan|olol|statin|cillin|mycin|floxacin|azole|prazole|tidine|dipine|gliptin|gliflozin|parin|xaban|setron|triptan|barbital|azepam|caine|cort|sone|olone|mab|tinib|vir|formin|thiazide|semide|tension|cardial|vascular|pulmonary|hepatic|renal|gastric|cardiac|neuro)$/i
/** Abbreviations in capitals that carry findings, drugs or scores. */
const ABBREVIATIONS: ReadonlySet<string> = new Set(
  'BP HR RR BMI ECG EKG MRI CT PET CXR CBC BMP CMP WBC RBC HGB HCT INR PTT BUN GFR LDL HDL TSH HBA1C CHF COPD CAD MI DVT PE UTI GERD DM HTN AF AFIB CKD ESRD TIA CVA ICU ED OR PRN BID TID QID QD QHS IV IM SC PO NPO SOB DOE LVEF EF GCS PHQ GAD MMSE MOCA ROM PT OT ADL'.split(
    ' ',
  ),
)

/**
 * Whether a word outside the marked spans carries clinical content: a number with its unit, a measurement, a drug,
 * disease or procedure by its ending, an abbreviation. A sample by rule, not a vocabulary, so that anybody counts the
 * same. `after` are a few characters that follow.
 */
export function isClinicalWord(word: string, after: string): boolean {
  if (/^\d/.test(word)) return MEASURE.test(word) || UNIT.test(after)
  return ABBREVIATIONS.has(word) || (word.length > 5 && ENDING.test(word))
}
