import { readFileSync } from 'node:fs'

/** Reads a data file of this folder: `## name` opens a section, `#` a comment, every other line is an entry. */
export function readSections(file: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>()
  let current: string[] = []
  for (const line of readFileSync(new URL(file, import.meta.url), 'utf8').split('\n')) {
    if (line.startsWith('## ')) {
      const name = line.slice(3).trim()
      current = sections.get(name) ?? []
      sections.set(name, current)
    } else if (line.trim() !== '' && !line.startsWith('# ')) current.push(line)
  }
  return sections
}

/** The same with several entries to a line, commas between them. */
export function readWordSections(file: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...readSections(file)].map(([name, lines]) => [
      name,
      [...new Set(lines.flatMap((line) => line.split(',').map((word) => word.trim())).filter((word) => word !== ''))],
    ]),
  )
}
