import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { parseTemplate, type Template } from './grammar.ts'
import { readSections } from './lists.ts'
import { dealSplits, SPLITS, type Split } from './split.ts'

export type Pools = ReadonlyMap<string, readonly Template[]>

/** The id of a template is of its text alone: the same text is the same template, wherever it stands. */
export function templateId(source: string): string {
  return `t-${createHash('sha256').update(source.replace(/\s+/g, ' ').trim()).digest('hex').slice(0, 12)}`
}

/** Says whether a template has no words of its own, only pools or a single value: those are layouts, the same for every split. */
export function isLayout(source: string): boolean {
  return (
    /^\{[^}]*\}$/.test(source) || (source.includes('{>') && !/\p{L}/u.test(source.replace(/\{>[^}]*\}|\\[nt]/gu, '')))
  )
}

/**
 * Deals the templates of each pool into the splits, each template once, and adds those that only training has. Throws
 * where a text stands in two pools.
 */
export function dealPools(
  sources: ReadonlyMap<string, readonly string[]>,
  forTraining: ReadonlyMap<string, readonly string[]> = new Map(),
): Readonly<Record<Split, Pools>> {
  const pools: Record<Split, Map<string, Template[]>> = { train: new Map(), calibrate: new Map(), test: new Map() }
  const add = (split: Split, pool: string, template: Template): void => {
    pools[split].set(pool, [...(pools[split].get(pool) ?? []), template])
  }
  const homes = new Map<string, string>()
  for (const [pool, lines] of sources) {
    const byId = new Map(lines.map((line) => [templateId(line), line]))
    const splits = dealSplits([...byId].flatMap(([id, line]) => (isLayout(line) ? [] : [id])))
    for (const [id, line] of byId) {
      if (isLayout(line)) {
        for (const split of SPLITS) add(split, pool, { id, nodes: parseTemplate(line) })
        continue
      }
      const home = homes.get(id)
      if (home !== undefined) throw new Error(`a template stands in two pools, ${home} and ${pool}: ${line}`)
      homes.set(id, pool)
      add(splits.get(id) ?? 'train', pool, { id, nodes: parseTemplate(line) })
    }
    for (const split of SPLITS) if (!pools[split].has(pool)) throw new Error(`${pool} has no template for ${split}`)
  }
  for (const [pool, lines] of forTraining) {
    for (const line of lines) {
      const id = templateId(line)
      const isKnown = homes.has(id) && !pools.train.get(pool)?.some((template) => template.id === id)
      if (isKnown) throw new Error(`a template for training stands elsewhere: ${line}`)
      add('train', pool, { id, nodes: parseTemplate(line) })
    }
  }
  return pools
}

/** The templates of a folder by pool: those that are dealt, or `templates/train/`, which only training has. */
export function readTemplates(folder = 'templates/'): ReadonlyMap<string, readonly string[]> {
  const sources = new Map<string, string[]>()
  const files = readdirSync(new URL(folder, import.meta.url))
    .filter((file) => file.endsWith('.txt'))
    .toSorted()
  for (const file of files) {
    for (const [pool, lines] of readSections(folder + file)) sources.set(pool, [...(sources.get(pool) ?? []), ...lines])
  }
  return sources
}
