import type { Gazetteer } from '../gazetteer/gazetteer.ts'
import type { Span, Tagger } from '../types.ts'
import { findEmployers } from './employers.ts'
import { linkEntities } from './entities.ts'
import { findFacilities } from './facilities.ts'
import { findNames } from './names.ts'
import type { Candidate } from './patterns/pattern.ts'
import { matchPatterns } from './patterns/run.ts'
import { findPlaces } from './places.ts'
import { collectKnown, createKnown, propagate } from './propagate.ts'
import { read, type Reading } from './reading.ts'
import { JOINT, resolve } from './resolve.ts'
import { findSetOffNames } from './set-off.ts'
import { tokenise } from './tokens.ts'
import { findVisited } from './visited.ts'
import { createView, toOriginal, type View } from './view.ts'

interface Part {
  readonly text: string
  readonly view: View
  readonly reading: Reading
  readonly candidates: Candidate[]
  /** What the candidates alone come to. */
  readonly resolved: Span[]
}

/** The cascade over the parts of one document: patterns, lists with their witnesses, propagation, tagger, resolver. */
export function detectSpans(texts: readonly string[], gazetteer: Gazetteer, tagger: Tagger | undefined): Span[][] {
  const known = createKnown()
  const parts = texts.map((text): Part => {
    const view = createView(text)
    const reading = read(tokenise(view.text), gazetteer)
    const candidates = [
      ...matchPatterns(reading.tokens),
      ...findNames(reading),
      ...findSetOffNames(reading),
      ...findFacilities(reading),
      ...findVisited(reading),
      ...findPlaces(reading),
      ...findEmployers(reading),
    ]
    const resolved = resolve(view.text, candidates)
    collectKnown(reading, resolved, known)
    return { text, view, reading, candidates, resolved }
  })
  const spans = parts.map(({ text, view, reading, candidates, resolved }) => {
    const carried = propagate(reading, known)
    const all = carried.length === 0 ? resolved : resolve(view.text, [...candidates, ...carried])
    const original = all.map((span): Span => ({ ...span, ...toOriginal(view, span.start, span.end) }))
    if (!tagger && !view.starts) return original
    const tagged = tagger?.tag(text).map((span): Candidate => ({ ...span, source: `tagger.${tagger.id}` })) ?? []
    return resolve(text, [...original.map(asCandidate), ...tagged])
  })
  return spans.every((part) => part.length === 0) ? spans : linkEntities(texts, spans)
}

function asCandidate(span: Span): Candidate {
  return {
    start: span.start,
    end: span.end,
    class: span.class,
    role: span.role,
    score: span.score,
    source: span.sources.join(JOINT),
  }
}
