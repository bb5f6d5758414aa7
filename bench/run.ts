// npm run bench -- NAME [options]: prints a table and, as its last line, the same figures as JSON.

/** What bench/NAME/bench.ts exports. */
interface Bench {
  /** Its options and what it measures. */
  readonly HELP: string
  run(argv: readonly string[]): Promise<void>
}

const BENCHES: Readonly<Record<string, string>> = {
  calibration: 'whether calibrated thresholds keep their bound, over 100 dealings of a corpus',
  deid: 'accuracy of the text engine on labelled texts, beside its peers',
  'deid-speed': 'speed and memory of the text engine, beside its peers',
  'field-encrypt': 'fields sealed and opened per second, with a key per patient',
  gateway: "latency and requests/s of the gateway, at a steady rate too, beside Portkey's and LiteLLM's",
  language: 'which texts in other languages are refused, and that English and Spanish ones are not',
  holdback: 'how much of a stream the guard holds back, and how long after the freeing byte it lets go',
  ledger: 'durable appends/s and their latency',
  meddocan: 'the Spanish tagger on MEDDOCAN: strict F1 by type, recall of what Safe Harbor removes',
  policy: 'latency of decisions, anew and from memory',
  records: 'HL7 v2, C-CDA, X12 and FHIR as text of a message: which cross, what is left, which codes stay',
  replicas: 'requests/s of two gateways on one PostgreSQL, each held to a share of a core, beside one',
  revocation: 'how long until another replica refuses what was taken away: API keys, sessions, SCIM',
  residual: 'what the second detector stops when the first is sabotaged, and which clean documents',
  soak: 'memory, errors and the event loop under half of the load that the gateway can bear, for 30 minutes',
  tagger: 'the models by themselves: words/s, load time, memory; WordPiece beside that of Python',
  tokens: 'access tokens granted/s, and what a proof of possession adds to a request',
}

function usage(): string {
  const lines = Object.entries(BENCHES).map(([name, what]) => `  ${name.padEnd(13)} ${what}`)
  return ['npm run bench -- NAME [options]   (NAME --help lists the options)', ...lines].join('\n')
}

const [name = '--help', ...argv] = process.argv.slice(2)
if (Object.hasOwn(BENCHES, name)) {
  const bench: Bench = await import(`./${name}/bench.ts`)
  if (argv.includes('--help')) console.log(bench.HELP)
  else await bench.run(argv)
} else {
  console.log(usage())
  process.exitCode = name === '--help' ? 0 : 1
}
