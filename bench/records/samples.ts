import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Gold, readCcdaGold, readFhirGold, readHl7Gold, readX12Gold } from './gold.ts'

export interface Sample {
  readonly format: string
  readonly name: string
  readonly text: string
  readonly gold: Gold
  /** Whether a text is still of the format, as this one is. */
  readonly isSame: (masked: string) => boolean
}

/** Entries of a bundle in one message. */
const ENTRIES = 12
const LINES = 4
const MEDIA = /mediaType="(?:application|image)/

export function readSamples(data: string): Sample[] {
  return [...readHl7(data), ...readCcda(data), ...readX12(data), ...readBundles(data), ...readResources(data)]
}

function list(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .toSorted()
}

const count = (text: string, signs: RegExp): string => (text.match(signs) ?? []).join('')

/** An application of it puts what it cannot hold into the first part. */
function readHl7(data: string): Sample[] {
  const folder = join(data, 'hl7v2')
  return list(folder, '.hl7').map((name) => {
    const text = readFileSync(join(folder, name), 'utf8')
      .replace(/^\ufeff/, '')
      .replace(/\r\n?/g, '\n')
    const signs = /^[A-Z][A-Z0-9]{2}(?=\|)|[|\n]/gm
    return {
      format: 'hl7v2',
      name,
      text,
      gold: readHl7Gold(text),
      isSame: (masked) => count(masked, signs) === count(text, signs),
    }
  })
}

function readCcda(data: string): Sample[] {
  const folder = join(data, 'ccda')
  return list(folder, '.xml').flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8').replace(/^\ufeff/, '')
    if (MEDIA.test(text)) return []
    const tags = /<\/?[\w:]+|\s[\w:]+="|\/?>/g
    const bare = text.replace(/<!--[\s\S]*?-->/g, '')
    return [
      {
        format: 'ccda',
        name,
        text,
        gold: readCcdaGold(bare),
        isSame: (masked: string) => count(masked.replace(/<!--[\s\S]*?-->/g, ''), tags) === count(bare, tags),
      },
    ]
  })
}

function readX12(data: string): Sample[] {
  const folder = join(data, 'x12')
  return list(folder, '.x12').flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8')
    if (!text.includes('ISA')) return []
    const signs = /[*~:>]/g
    return [
      {
        format: 'x12',
        name,
        text,
        gold: readX12Gold(text),
        isSame: (masked: string) => count(masked, signs) === count(text, signs),
      },
    ]
  })
}

function readBundles(data: string): Sample[] {
  const folders = [
    'fhir/synthea-r4',
    'fhir-synthea/r4-bundles',
    'fhir/miracum',
    'fhir/cumulus-etl/tests/data/deid/input',
  ]
  return folders.flatMap((folder) =>
    list(join(data, folder), '.json').flatMap((name) => {
      if (name.includes('Snapshots')) return []
      const value: unknown = JSON.parse(readFileSync(join(data, folder, name), 'utf8').replace(/^\ufeff/, ''))
      return [makeFhir('fhir', `${folder}/${name}`, cut(value), 2)]
    }),
  )
}

function readResources(data: string): Sample[] {
  const folder = join(data, 'fhir-synthea/bulk-10')
  return list(folder, '.ndjson').flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter(Boolean)
      .slice(0, LINES)
      .map((line, index) => makeFhir('fhir-resource', `${name}:${index + 1}`, JSON.parse(line), 0)),
  )
}

/** Attachments apart, which no message brings as base64. */
function makeFhir(format: string, name: string, whole: unknown, indent: number): Sample {
  const value: unknown = JSON.parse(
    JSON.stringify(whole, (key, inner: unknown) => (key === 'data' ? undefined : inner)),
  )
  return {
    format,
    name,
    text: JSON.stringify(value, undefined, indent),
    gold: readFhirGold(value),
    isSame: (masked) => {
      try {
        JSON.parse(masked)
        return true
      } catch {
        return false
      }
    },
  }
}

/** A bundle as long as somebody would paste it: its first entries and some from its middle. */
function cut(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('entry' in value) || !Array.isArray(value.entry)) return value
  const { entry } = value
  const middle = Math.floor(entry.length / 2)
  return { ...value, entry: [...entry.slice(0, ENTRIES), ...entry.slice(Math.max(ENTRIES, middle), middle + ENTRIES)] }
}
