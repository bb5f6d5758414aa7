import type { Stage } from '../chain.ts'
import type { Forwarded, OutputGuarded } from '../context.ts'
import { planFor } from '../detection/planner.ts'
import { createRemovalFinder } from '../guard/remover.ts'
import { createTally } from '../guard/step.ts'
import { scanJson } from '../walk/scan-json.ts'

/** What finds, in the masked answer, the identifiers that the model brought. */
export const guardOutput: Stage<Forwarded, OutputGuarded> = (context, { engine, limits }) => {
  const { map, maskedBody } = context
  // Read once a guess has to be judged: most answers hold none.
  let sent: string | undefined
  const find = createRemovalFinder(planFor(engine, context, true), {
    isOwn: (token) => map.isOwn(token),
    wasSent: (words) => holdsWords((sent ??= readTexts(maskedBody, limits.maxDepth)), words),
  })
  return { ...context, find, tally: createTally() }
}

/** All texts of a body as they read: behind the escape of a line's end, a word would seem to begin with a letter more. */
function readTexts(body: string, maxDepth: number): string {
  return scanJson(body, { maxDepth })
    .map(({ value }) => value)
    .join('\n')
}

const PART_OF_WORD = /[\p{L}\p{M}\p{N}]/u
/** A finding may begin or end with the hyphen beside it. */
const EDGES = /^[^\p{L}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu

/** Whether the words of a finding stand there as they are, and not as a part of longer ones. */
function holdsWords(text: string, finding: string): boolean {
  const words = finding.replace(EDGES, '')
  for (let at = text.indexOf(words); words !== '' && at !== -1; at = text.indexOf(words, at + 1)) {
    const [before, after] = [text.charAt(at - 1), text.charAt(at + words.length)]
    if (!PART_OF_WORD.test(before) && !PART_OF_WORD.test(after)) return true
  }
  return false
}
