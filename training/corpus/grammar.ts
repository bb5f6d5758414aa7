import type { Piece } from './piece.ts'
import type { Random } from './random.ts'

/**
 * A template: text, `[one|other]` choices, `{slot.argument}` values, and `{>pool}` templates of a pool:
 * `{>pool*2-4}` takes two to four, joined by a blank, or by what stands behind `/`. `\n`, `\t` are a line end and a tab,
 * a backslash before anything else takes it as it is.
 */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'slot'; readonly name: string; readonly args: readonly string[] }
  | { readonly kind: 'choice'; readonly options: readonly (readonly Node[])[] }
  | {
      readonly kind: 'pool'
      readonly pool: string
      readonly min: number
      readonly max: number
      readonly joint: string
    }

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t' }

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, (_, char: string) => ESCAPES[char] ?? char)
}

function parseSlot(body: string): Node {
  if (!body.startsWith('>')) {
    const [name = '', ...args] = body.split('.')
    return { kind: 'slot', name, args }
  }
  const match = /^>([\w.-]+)(?:\*(\d+)(?:-(\d+))?)?(?:\/(.*))?$/s.exec(body)
  if (!match) throw new SyntaxError(`not a pool: ${body}`)
  const min = Number(match[2] ?? 1)
  return { kind: 'pool', pool: match[1] ?? '', min, max: Number(match[3] ?? min), joint: unescape(match[4] ?? ' ') }
}

/** Reads one template. Throws SyntaxError where a bracket does not close. */
export function parseTemplate(source: string): readonly Node[] {
  let at = 0
  const parse = (isChoice: boolean): readonly (readonly Node[])[] => {
    const options: Node[][] = []
    let nodes: Node[] = []
    let text = ''
    const flush = (): void => {
      if (text !== '') nodes.push({ kind: 'text', text })
      text = ''
    }
    for (; at < source.length; at++) {
      const char = source.charAt(at)
      if (char === '\\') {
        at++
        text += ESCAPES[source.charAt(at)] ?? source.charAt(at)
      } else if (char === '{') {
        const end = source.indexOf('}', at)
        if (end < 0) throw new SyntaxError(`a slot does not close: ${source}`)
        flush()
        nodes.push(parseSlot(source.slice(at + 1, end)))
        at = end
      } else if (char === '[') {
        flush()
        at++
        nodes.push({ kind: 'choice', options: parse(true) })
      } else if (isChoice && (char === '|' || char === ']')) {
        flush()
        options.push(nodes)
        nodes = []
        if (char === ']') return options
      } else {
        text += char
      }
    }
    if (isChoice) throw new SyntaxError(`a choice does not close: ${source}`)
    flush()
    return [nodes]
  }
  return parse(false)[0] ?? []
}

/** Text that stands for itself in a template. */
export function quoteTemplate(text: string): string {
  return text
    .replace(/[\\{}[\]|]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
}

export interface Template {
  readonly id: string
  readonly nodes: readonly Node[]
}

export interface Expansion {
  readonly random: Random
  readonly fill: (name: string, args: readonly string[]) => readonly Piece[]
  readonly poolOf: (pool: string) => readonly Template[]
  /** Told of each template that is used. */
  readonly onUse: (template: Template) => void
}

/** Makes the text of a template, in pieces. */
export function expand(nodes: readonly Node[], expansion: Expansion, into: Piece[] = []): Piece[] {
  const { random } = expansion
  for (const node of nodes) {
    if (node.kind === 'text') into.push({ text: node.text })
    else if (node.kind === 'slot') into.push(...expansion.fill(node.name, node.args))
    else if (node.kind === 'choice') expand(random.pick(node.options), expansion, into)
    else {
      const pool = expansion.poolOf(node.pool)
      const count = Math.min(random.between(node.min, node.max), pool.length)
      const used = new Set<Template>()
      for (let i = 0; i < count; i++) {
        let template = random.pick(pool)
        while (used.has(template)) template = random.pick(pool)
        used.add(template)
        if (i > 0) into.push({ text: node.joint })
        expansion.onUse(template)
        expand(template.nodes, expansion, into)
      }
    }
  }
  return into
}
