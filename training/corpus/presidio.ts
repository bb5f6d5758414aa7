import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { quoteTemplate } from './grammar.ts'
import type { Split } from './split.ts'

/** Slots of ours for the ones of presidio-research. Its identities are never read. */
const SLOTS: readonly (readonly [RegExp, string])[] = [
  [/\{\{prefix(?:_male|_female)?\}\} \{\{last_name(?:_male|_female)?\}\}/g, '{oth.title}'],
  [/\{\{prefix(?:_male|_female)?\}\} \{\{name(?:_male|_female)?\}\}/g, '{oth.titlefull}'],
  [/\{\{building_number\}\} \{\{street_name\}\}(?: St\.)?(?:(?: |\n ?)\{\{secondary_address\}\})?/g, '{street}'],
  [/\{\{secondary_address\}\} \{\{building_number\}\} \{\{street_name\}\}/g, '{street}'],
  [/\{?\{street_name\}\}?(?: [Ss]t(?:reet|\.))?/g, '{road}'],
  [/\{\{address\}\}/g, '{addr}'],
  [/\{\{(?:person|name(?:_male|_female)?)\}\}/g, '{*.gl}'],
  [/\{\{first_name(?:_male|_female|_nonbinary)?\}\}/g, '{*.first}'],
  [/\{\{last_name(?:_male|_female)?\}\}/g, '{*.last}'],
  [/\{\{city\}\}/g, '{city.2}'],
  [/\{\{country\}\}/g, '{country}'],
  [/\{\{state_abbr\}\}/g, '{st}'],
  [/\{\{(?:zipcode|postcode)\}\}/g, '{zip}'],
  [/\{\{phone_number\}\}/g, '{id.phone}'],
  [/\{\{email\}\}/g, '{id.email}'],
  [/\{\{url\}\}/g, '{id.url}'],
  [/\{\{ip_address\}\}/g, '{id.ip}'],
  [/\{\{ssn\}\}/g, '{id.ssn}'],
  [/\{\{us_driver_license\}\}/g, '{id.licence.dl}'],
  [/\{\{credit_card_number\}\}/g, '{id.account.card}'],
  [/\{\{iban\}\}/g, '{id.account.iban}'],
  [/\{\{age\}\}/g, '{age}'],
  [/\{\{date_time\}\}/g, '{date.past}'],
  [/\{\{date_of_birth\}\}/g, '{dob}'],
  [/\{\{day_of_week\}\}/g, '{weekday}'],
  [/\{\{year\}\}/g, '{year}'],
  [/\{\{nation(?:ality|_woman|_plural|_man)\}\}/g, '{w.nation}'],
  [/\{\{job\}\}/g, '{w.job}'],
  [/(?<=\b(?:work(?:ed)? for|from) )\{\{organization\}\}/g, '{emp}'],
]
const PEOPLE = ['oth', 'oth2', 'pt', 'doc', 'rel', 'nurse']

/** The id of a template of presidio-research by its text: slots are alike, whatever they are called or hold. */
export function presidioId(template: string): string {
  const text = template
    .replaceAll('\\n', ' ')
    .replace(/\{\{?[^{}]*\}\}?/g, '{}')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

/** Half of the templates may be trained on, the other half only tested on: by the last bit of the id. */
export const presidioSplit = (id: string): Split => (Number.parseInt(id.slice(-1), 16) % 2 === 0 ? 'train' : 'test')

/** Its templates with our slots. Those with an organisation that belongs to nobody are left out. */
export function readPresidio(
  data: string,
): readonly { readonly id: string; readonly split: Split; readonly source: string }[] {
  const file = join(data, 'presidio-research/templates.txt')
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const id = presidioId(line)
      let text = line.replaceAll('\\n', '\n').replaceAll('\ufffd', '-').replaceAll('\\,', ',')
      for (const [slot, ours] of SLOTS) text = text.replace(slot, ours)
      let person = 0
      text = text.replace(/\{\*/g, () => `{${PEOPLE[person++ % PEOPLE.length]}`)
      if (text.includes('{{')) return []
      const source = text
        .split(/(\{[^{}]*\})/)
        .map((part, at) => (at % 2 === 1 ? part : quoteTemplate(part)))
        .join('')
      return [{ id, split: presidioSplit(id), source }]
    })
}
