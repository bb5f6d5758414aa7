/** What Safe Harbor lets stay, told from the annotated words alone: 45 CFR 164.514(b)(2)(i)(B) and (C). */
export type StaysWhen = 'under-90' | 'bare-year' | 'state-or-country'

const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
const STATES =
  'alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|district of columbia|florida|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|new hampshire|new jersey|new mexico|north carolina|north dakota|ohio|oklahoma|oregon|pennsylvania|rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington|west virginia|wisconsin|wyoming|puerto rico'
/** Written otherwise than the region names of Unicode do. */
const OTHER_COUNTRIES =
  'united states of america|usa|u.s.|uk|england|scotland|wales|czech republic|cyprus (greek)|myanmar|burma|macedonia|swaziland|east timor|ivory coast|cape verde|turkey|holland|great britain|st vincent and the grenadines|hong kong|macau|palestine|vatican city|congo'
/** An age of 90 and more in figures or words. */
const TOP_AGE = /(?<!\d)(?:9\d|1[0-3]\d)(?!\d)|ninet|hundred|nonagenarian|centenarian|novent|nonagenari|cien\b|ciento/i

/** Both halves of a pair of letters: the names that Unicode's data has for regions. */
function listCountries(): ReadonlySet<string> {
  const regions = new Intl.DisplayNames(['en'], { type: 'region' })
  const names = LETTERS.flatMap((a) => LETTERS.map((b) => regions.of(a + b) ?? ''))
  return new Set([...names, ...OTHER_COUNTRIES.split('|'), ...STATES.split('|')].map(plainName))
}

/** "Federated States of Micronesia", "S\u00e3o Tom\u00e9 & Pr\u00edncipe": without marks, and without what kind of state it is. */
function plainName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('&', 'and')
    .replace(/ \(.*\)| sar china$/g, '')
    .replace(/\bsaint\b|\bst\./g, 'st')
    .replace(
      /^(?:the )?(?:(?:people's|democratic|federal|federated|islamic|socialist) )*(?:republic|states|kingdom|commonwealth) of (?:the )?/,
      '',
    )
    .replace(/^the /, '')
}

const REGIONS = listCountries()

const RULES: Readonly<Record<StaysWhen, (surface: string) => boolean>> = {
  'under-90': (surface) => !TOP_AGE.test(surface),
  'bare-year': (surface) => /^(?:19|20)\d{2}$/.test(surface),
  'state-or-country': (surface) => REGIONS.has(plainName(surface)),
}

export function mayStay(rule: StaysWhen | undefined, surface: string): boolean {
  return rule !== undefined && RULES[rule](surface)
}
