import { isTimeZone } from '@breakwater/kernel'

/** Codes of classifications by the label before them; `list` allows several, with commas and "and" between. */
const LABELLED: readonly (readonly [label: string, code: string])[] = [
  [
    '(?:ICD|icd)[- ]?(?:9|10|11)?(?:[- ]?(?:CM|PCS|O))?(?: codes?)?',
    '[A-TV-Z]\\d[0-9A-Z](?:\\.[0-9A-Z]{1,4})?|\\d{3,4}(?:\\.\\d{1,2}|/\\d)?',
  ],
  ['(?:CPT|HCPCS|CDT|E/M)(?: codes?| level)?', '(?:\\d{4}[0-9A-Z]|[A-V]\\d{4})(?:-[0-9A-Z]{2})?'],
  ['LOINC(?: codes?)?', '\\d{1,5}-\\d'],
  ['SNOMED(?:[- ]CT)?(?: codes?| concepts?| IDs?)?', '\\d{6,18}'],
  ['(?:RxNorm|RxCUI|RXCUI)(?: codes?)?', '\\d{2,8}'],
  ['NDC(?: codes?| numbers?| #)?', '\\d{4,5}-\\d{3,4}-\\d{1,2}|\\d{10,11}'],
  ['(?:MS-|APR-)?DRG', '\\d{1,3}'],
  ['(?:MedDRA|OMIM|MIM|CVX|PMID|RFC|ISO|HTTP|[Rr]evenue code|[Pp]lace of service)', '\\d{2,8}(?:-\\d{1,2})?'],
  ['(?:[Pp]ort|HTTP status)', '\\d{2,5}'],
  ['(?:CAS(?: RN| No\\.?)?)', '\\d{2,7}-\\d{2}-\\d'],
  ['(?:ATC(?: code)?)', '[A-V]\\d{2}[A-Z]{2}\\d{2}'],
  ['(?:UNII)', '[A-Z\\d]{10}'],
  ['(?:[Tt]axonomy code)', '\\d{3}[A-Z\\d]{6}X'],
  ['(?:InChIKey)', '[A-Z]{14}-[A-Z]{10}-[A-Z]'],
  ['(?:DSM-(?:5|IV)(?:-TR)?)', '[A-Z]?\\d{2,3}(?:\\.\\d{1,3})?'],
  ['(?:Gleason(?: score| grade| sum)?)', '\\d ?\\+ ?\\d(?: ?= ?\\d{1,2})?'],
  [
    '(?:WBC|RBC|Hgb|HGB|Hct|PLT|Plt|[Pp]latelets?|CK|CPK|BNP|NT-proBNP|[Ff]erritin|LDH|AST|ALT|CRP|D-dimer|[Tt]roponin|TSH|CD4|INR|[Ss]odium|[Pp]otassium|[Gg]lucose|[Cc]reatinine|[Vv]iral load|HIV RNA)(?: count| level| of| is| was)?',
    '[<>]?\\d{1,3}(?:,\\d{3}|\\d{0,3})(?:\\.\\d{1,3})?(?:-\\d{1,4})?',
  ],
]

/** Codes that say by their own shape what they are. */
const SHAPED: readonly string[] = [
  // Variants of genes: HGVS, a symbol with its change, alleles, reference numbers.
  '(?:BRCA[12]|EGFR|KRAS|NRAS|HRAS|BRAF|JAK2|CFTR|TP53|PIK3CA|IDH[12]|FLT3|NPM1|ROS1|ERBB2|ESR1|PTEN|MYH7|SCN5A|HBB|HFE|LDLR|MTHFR|VKORC1|BCR-ABL1?)(?:[ :,]{1,2}(?:[A-Z]\\d{1,4}(?:[A-Z*]|del|dup|ins|fs)[A-Z\\d]{0,5}|p\\d{3}|[cgmnp]\\.[\\w>*+_-]{3,40}))?',
  '[cgmnp]\\.\\(?[A-Z*-]?[\\d_+*-]{1,12}(?:[ACGT]>[ACGT]|del[ACGT]*|dup[ACGT]*|ins[ACGT]*)',
  '[ACDEFGHIKLMNPQRSTVWY]\\d{2,4}(?:del|fs|[ACDEFGHIKLMNPQRSTVWY])(?= (?:mutations?|variants?|deletion|substitution|positive|negative|carrier|resistance))',
  'T790M|L858R|V600[EK]|G12[ACDRSV]|F508del|ΔF508|V617F|C282Y|H63D|E6V',
  'rs\\d{3,10}',
  'CYP\\d[A-Z]\\d{1,2}(?:\\*\\d{1,2}(?:/\\*?\\d{1,2})?)?',
  'HLA-[A-Z]{1,3}\\d?(?:\\*?\\d{1,3}(?::\\d{2,3}){0,3})',
  // Diagnoses with their point, and births.
  '[A-TV-Z]\\d[0-9AB]\\.[0-9A-Z]{1,4}',
  'G\\d{1,2}P\\d{1,4}(?:A[b]?\\d)?',
  // Articles.
  '(?:(?:N Engl J Med|NEJM|JAMA|Lancet|BMJ|Ann Intern Med|Circulation|Chest|Blood|Nature|Science|Cell|Diabetes Care|J Am Coll Cardiol|J Clin Oncol|Am J Med|Cochrane Database Syst Rev)[.,]? )?(?:19|20)\\d\\d(?: [A-Z][a-z]{2}(?: \\d{1,2})?)?; ?\\d{1,4}(?:\\(\\d{1,3}\\))?: ?[A-Za-z]?\\d{1,7}(?:-\\d{1,7})?',
  '(?:doi[: ]{1,2}|https?://(?:dx\\.)?doi\\.org/)10\\.\\d{4,9}/[\\w.()/;-]{2,60}',
  'PMC\\d{5,8}',
  // Strains, vaccines and markers.
  'O\\d{1,3}:H\\d{1,2}|SARS-CoV-2|B\\.1(?:\\.\\d{1,3}){1,3}|BNT162b2|mRNA-1273|CA[ -](?:19-9|125|15-3|27[.-]29)',
  // Scores and forms that bear a name, and models of devices that no other maker has.
  'Child-Pugh(?: class| score)? [ABC]?',
  '\\d{1,2} ?(?:Fr|French) Foley',
  'CMS-1500|CMS-1450|UB-04',
  // What programs say: weaknesses on record, bounds of whole numbers, colours where styles are told.
  'CVE-(?:19|20)\\d{2}-\\d{4,7}',
  '2147483647|2147483648|4294967295|4294967296|9007199254740991|9223372036854775807|18446744073709551615',
  '(?<=(?:colou?rs?|background|border|fill|stroke|shadow|palette|theme|css|hex|bg|--[a-z])[^\\n]{0,60})#(?=[0-9]{0,8}[A-Fa-f])(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})',
  '(?:(?:Philips|Siemens|Abbott|Medtronic|GE|Zimmer) )?(?:IntelliVue|MiniMed|i-STAT|MAGNETOM|SOMATOM|NexGen|Omnipod|Tendril)(?: [A-Z][A-Za-z]{2,8})?(?: [A-Z]{0,3}\\d{0,4}[A-Z]{0,3}\\+?)?',
]

const BEFORE = '(?<![\\p{L}\\p{N}])'
const AFTER = '(?![\\p{L}\\p{N}])'
/** Between a label and its code: ":", "#", " is "; between codes of a list: a comma, "and". */
const GAP = '(?: ?[:#=]? ?| is | was )'
const AND = '(?:, ?(?:and |or )?| and | or |; ?| / ?)'

const CODES: readonly RegExp[] = [
  ...LABELLED.map(
    ([label, code]) => new RegExp(`${BEFORE}${label}${GAP}(?:${code})(?:${AND}(?:${code})${AFTER}){0,9}${AFTER}`, 'gu'),
  ),
  ...SHAPED.map((shape) => new RegExp(`${BEFORE}(?:${shape})${AFTER}`, 'gu')),
]

/** A zone of time by its shape; a name may have it too, so each is looked up. */
const ZONE = new RegExp(
  `${BEFORE}(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/(?:[A-Z][A-Za-z]+/)?[A-Z][A-Za-z]+(?:[_-][A-Za-z]+){0,3}${AFTER}`,
  'gu',
)

/** What every code has in it or before it: most stretches hold nothing of the kind and are read once. */
const HINT =
  /ICD|icd|C[PD]T|HCPCS|E\/M|LOINC|SNOMED|Rx(?:Norm|CUI)|RXCUI|NDC|DRG|MedDRA|MIM|CVX|PMID|PMC\d|RFC|ISO|HTTP|evenue code|lace of service|ort |CAS|ATC|UNII|axonomy code|InChI|DSM|Gleason|[WR]BC|H[gG][bB]|Hct|P[lL][tT]|latelet|C[PR]?[KP]|BNP|erritin|LDH|A[SL]T|dimer|roponin|TSH|CD4|INR|odium|otassium|lucose|reatinine|iral load|HIV|BRCA|EGFR|[KNH]RAS|BRAF|JAK|CFTR|TP53|PIK3|IDH|FLT3|NPM1|ROS1|ERBB|ESR1|PTEN|MYH7|SCN5|HBB|HFE|LDLR|MTHFR|VKORC|BCR|[cgmnp]\.|\d(?:del|fs|[A-Z])|C282|rs\d|CYP|HLA|[A-Z]\d[\dAB]\.|G\d{1,2}P|\d;|doi|O\d{1,3}:H|SARS|B\.1|BNT|mRNA|CA[ -]\d|CA[ -]1|Child-Pugh|Foley|CMS|UB-|IntelliVue|MiniMed|i-STAT|MAGNETOM|SOMATOM|NexGen|Omnipod|Tendril|CVE-|(?:rica|ia|ic|pe|an)\/[A-Z]|2147|42949|90071|92233|18446|#/

/** How far before and behind a place its code may reach. */
const REACH_BEFORE = 64
const REACH_BEHIND = 48

/**
 * Whether a place of a text is inside a code of a classification, a variant of a gene, a citation, a measured value with
 * its name: "ICD-10 E78.5", "CPT 99214", "V600E", "PMID 29146535". Reads a bounded stretch around the place.
 */
export function isClinicalCode(text: string, start: number, end: number): boolean {
  if (end - start > REACH_BEHIND) return false
  const from = Math.max(0, start - REACH_BEFORE)
  const begin = from + text.slice(from, start).lastIndexOf('\n') + 1
  const stretch = text.slice(begin, end + REACH_BEHIND)
  if (!HINT.test(stretch)) return false
  const findAround = (shape: RegExp): RegExpExecArray | undefined =>
    Array.from(stretch.matchAll(shape)).find(
      ({ index, 0: { length } }) => index <= start - begin && end - begin <= index + length,
    )
  if (CODES.some((code) => findAround(code))) return true
  const zone = findAround(ZONE)
  return zone !== undefined && isTimeZone(zone[0])
}
