/**
 * Short names by which large American hospitals and health systems are known to everybody who works in one: letters
 * alone, and names that no list of towns or people tells apart. Our own list.
 */
export const CENTRE_LETTERS: ReadonlySet<string> = new Set(
  'UCSF UCLA UCSD UCI UCD NYU NYP MGH BWH BIDMC BMC CHOP HUP UPMC MSK MSKCC MDACC UWMC OHSU UNC UAB UIC UIHC USC UTMB UTSW VUMC JHH JHU LIJ CUMC HSS VCU MUSC KUMC UMMC UVA WVU RUMC NMH HFH DHMC YNHH WCMC CHLA SFGH ZSFG VMMC AHN HCA NIHCC LLUMC UHS SLUH TJUH'.split(
    ' ',
  ),
)

export const CENTRE_NAMES: readonly string[] = [
  'mount sinai',
  'mt sinai',
  'mass general',
  'massachusetts general',
  'johns hopkins',
  'cedars-sinai',
  'sloan kettering',
  'memorial sloan kettering',
  'md anderson',
  'kaiser permanente',
  'kaiser',
  'brigham and womens',
  'beth israel',
  'beth israel deaconess',
  'new york presbyterian',
  'barnes-jewish',
  'montefiore',
  'geisinger',
  'ochsner',
  'intermountain',
  'lahey',
  'childrens mercy',
  'dana-farber',
  'dana farber',
  'fred hutch',
  'fred hutchinson',
  'city of hope',
  'henry ford',
  'mayo',
  'hackensack meridian',
  'northwell',
  'nyu langone',
  'bascom palmer',
  'wills eye',
  'moffitt',
  'roswell park',
  'virginia mason',
  'walter reed',
  'grady memorial',
  'parkland',
  'bellevue',
  'walgreens',
  'rite aid',
  'davita',
  'fresenius',
]

const CIVIC: ReadonlySet<string> = new Set(
  'city county memorial methodist baptist presbyterian lutheran adventist downtown uptown midtown mercy samaritan trinity sacred holy regional veterans metro valley central coastal bayside lakeside riverside seaside highland prairie cornerstone crossroads oceanview grace hope unity liberty heritage shepherd harbor summit premier pacific atlantic'.split(
    ' ',
  ),
)
/** Hillside, Seaview, Oakridge: made-up names of neighbourhoods, and the ordinary words that end alike. */
const NEIGHBOURHOOD = /^[a-z]{3,}(?:side|view|crest|brook|ridge|haven)$/
const ORDINARY = /^(?:out|in|bed|be|along|up|down|over|re|inter|pre|under|road|pool|fire|curb)(?:side|view)$/

/** Words of charity, faith, city and landscape that make a general word the name of one place: "Mercy Clinic". */
export function isCivic(word: string): boolean {
  const plain = word.toLowerCase()
  return CIVIC.has(plain) || (NEIGHBOURHOOD.test(plain) && !ORDINARY.test(plain))
}
