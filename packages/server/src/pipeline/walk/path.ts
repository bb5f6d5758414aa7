import type { Shape } from './shape.ts'

/** A place in a document. Linked upwards, so that making one costs one object. */
export interface JsonPath {
  readonly parent: JsonPath | undefined
  /** A declared name, an index, or `*` for a name that the document invented. */
  readonly segment: string
  /** The name or index as the document has it: never shown. */
  readonly key: string | number
  readonly shape: Shape | undefined
}

/** The path as a JSON pointer (RFC 6901) that holds no word of the document's own. */
export function pointerOf(path: JsonPath): string {
  if (!path.parent) return ''
  return `${pointerOf(path.parent)}/${path.segment}`
}

/** The nearest member name above a value, as words: `dateOfBirth` gives `date of birth`. */
export function labelOf(path: JsonPath): string {
  if (typeof path.key === 'string') {
    return path.key
      .slice(0, MAX_LABEL_LENGTH)
      .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
      .replace(/[_\-.\s]+/g, ' ')
      .toLowerCase()
      .trim()
  }
  return path.parent ? labelOf(path.parent) : ''
}

const MAX_LABEL_LENGTH = 64
