/** Values that rules recognise: of an invented patient, with numbers that nobody has. */
export const DETECTABLE: Readonly<Record<string, string>> = {
  'given name': 'Rosalind',
  'family name': 'Okafor-Brandt',
  clinician: 'Lindqvist',
  'social security number': '219-09-9999',
  'record number': '7730418265',
  telephone: '217-555-0142',
  'e-mail': 'rosalind.okafor@example.org',
  street: '4418 Larkspur Hollow Road',
  'date of birth': '03/14/1951',
  'member id': 'HX-77120-4486',
  address: '203.0.113.77',
  portal: 'https://portal.example.org/p/8821377',
}

/** As many that no rule can recognise: what keeps them out of a sink is that nothing of a request is ever put there. */
export const UNDETECTABLE: Readonly<Record<string, string>> = {
  'three words': 'quoin-yarrow-sextant',
  sentence: 'the violet heron drinks at noon',
  'odd habit': 'collects brass astrolabes',
  pieces: 'mauve gantry oscillation',
  compound: 'bumblefroggery',
  quoted: 'say "tamarisk" \\ twice',
  accents: 'ünïcørn-brïdgewørk',
  script: '灯台守の猫が鳴く',
  markup: '<b>plinth & lintel</b>',
  percent: '100% gossamer/filigree?',
  broken: 'wicker\nbasketry',
  symbols: 'ferrous~whimsy~parade',
}

export const CANARIES: Readonly<Record<string, string>> = { ...DETECTABLE, ...UNDETECTABLE }

/** Of one line and ASCII, so that a header or a path may hold them. */
export const HEADER_CANARIES: readonly string[] = Object.values(CANARIES).filter((value) =>
  /^[\x20-\x7e]+$/.test(value),
)

/** A note that holds every one of them. */
export const NOTE = `Patient: Rosalind Okafor-Brandt   MRN: 7730418265   DOB: 03/14/1951   SSN: 219-09-9999
Address: 4418 Larkspur Hollow Road, Springfield, IL 62704. Phone: 217-555-0142, e-mail rosalind.okafor@example.org.
Attending: Dr. Emeka Lindqvist. Member id: HX-77120-4486. Device at 203.0.113.77, https://portal.example.org/p/8821377.
Ms. Okafor-Brandt presented with fever and cough. ${Object.values(UNDETECTABLE).join('. ')}.`
