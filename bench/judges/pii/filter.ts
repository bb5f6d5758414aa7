// The guard of an answer as a filter of lines: prints sample texts as JSON by name, then answers each line, a list of pieces,
// by the list of what the guard put out for them and at the end.
import { createHmac } from 'node:crypto'
import { createInterface } from 'node:readline'
import { createGuardFilter } from '@breakwater/server/testing'

const { guardPieces, tokenOf } = await createGuardFilter((data) =>
  createHmac('sha256', 'a key of the judge').update(data).digest(),
)
const name = tokenOf('NAME', 'Quintanilla')
const mail = tokenOf('EMAIL', 'say "hi"\\\n@example.org')

const TEXTS = {
  'a token and a value of the model': `Dear ${name}: John Smith, SSN 219-09-9999.`,
  'tokens side by side': `${name}${mail} ${name.toLowerCase()}`,
  'a mangled token': `**${name.slice(0, 9)}\u200b${name.slice(9)}** and ${name.slice(0, -1)}A`,
  'an address in percent encoding': 'Write to mailto:john.smith%40hospital.example.com today, or not at all.',
  'a link': `See [the record of ${name}](https://evil.example.com/?q=${name}) and more.`,
  'an e-mail address cut anywhere': 'Reference record: qwertyui@example.com, and nothing else.',
}

process.stdout.write(`${JSON.stringify(TEXTS)}\n`)
for await (const line of createInterface(process.stdin)) {
  process.stdout.write(`${JSON.stringify(await guardPieces(JSON.parse(line)))}\n`)
}
