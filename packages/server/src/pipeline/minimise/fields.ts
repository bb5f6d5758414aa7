/** Permitted members as a tree: what ends in it is permitted with all that it holds. */
export interface FieldTree {
  readonly isWhole: boolean
  readonly names: ReadonlyMap<string, FieldTree>
  /** Names that begin so, of patterns such as `/value*`. */
  readonly prefixes: readonly (readonly [string, FieldTree])[]
}

interface Growing {
  isWhole: boolean
  readonly names: Map<string, Growing>
  readonly prefixes: [string, Growing][]
}

/**
 * Paths such as `/name/family`, `/value*` or `/*` + `/code`: lists are looked through, a star at the end of a segment stands
 * for any rest of it.
 */
export function plantFields(paths: readonly string[]): FieldTree {
  const root = sprout()
  for (const path of paths) {
    let at = root
    for (const segment of path.split('/').slice(1)) at = childOf(at, segment)
    at.isWhole = true
  }
  return root
}

/** What is permitted below a member: none, when it is not permitted at all. */
export function stepInto(trees: readonly FieldTree[], key: string): FieldTree[] {
  return trees.flatMap(({ names, prefixes }) => {
    const named = names.get(key)
    const begun = prefixes.flatMap(([prefix, tree]) => (key.startsWith(prefix) ? [tree] : []))
    return named ? [named, ...begun] : begun
  })
}

function sprout(): Growing {
  return { isWhole: false, names: new Map(), prefixes: [] }
}

function childOf(tree: Growing, segment: string): Growing {
  const child = sprout()
  if (segment.endsWith('*')) {
    tree.prefixes.push([segment.slice(0, -1), child])
    return child
  }
  const known = tree.names.get(segment)
  if (known) return known
  tree.names.set(segment, child)
  return child
}
