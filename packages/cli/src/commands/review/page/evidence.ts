import type { Evidence } from '@breakwater/deid'
import type { NoteView, Outcome, Range, ReviewSpan } from '../shape.ts'
import { make } from './dom.ts'
import { overlaps } from './edits.ts'

const STAGES: Readonly<Record<Evidence['stage'], string>> = {
  patterns: 'pattern',
  lists: 'list',
  site: 'site lexicon',
  tagger: 'model',
  known: 'known patient',
  propagation: 'found again',
}

const OUTCOMES: Readonly<Record<Evidence['outcome'], string>> = {
  decided: 'decided',
  joined: 'joined in',
  'too-weak': 'too weak',
  vetoed: 'vetoed: medical term',
}

/** What there is to say of one place. */
export interface Subject {
  readonly range: Range
  readonly span?: ReviewSpan | undefined
}

/** Why a place is what it is: its candidates, what became of them, and what goes out in its place. */
export function describeSubject({ range, span }: Subject, note: NoteView, outcome: Outcome): readonly Node[] {
  const surface = note.text.slice(range.start, range.end)
  const nodes: Node[] = [make('p', { class: 'surface' }, surface)]
  const facts = make('dl')
  const tell = (term: string, ...what: readonly (Node | string)[]): void =>
    facts.append(make('dt', {}, term), make('dd', {}, ...what))
  if (span) tell('class', make('span', { class: `tag ${groupOf(span.class)}` }, span.class), ` ${span.role}`)
  else tell('class', 'none: not marked')
  const found = note.detected.find((each) => overlaps(each, range))
  if (found) tell('score', found.score.toFixed(2))
  if (span && !found) tell('found by', 'nobody but the reviewer or the gold')
  if (!span && found) tell('detected', `${found.class}, not in the spans`)
  const change = outcome.changes.find(({ from }) => overlaps(from, range))
  tell('goes out', change ? make('b', {}, outcome.text.slice(change.to.start, change.to.end)) : 'as it stands')
  for (const { rule } of outcome.hits.filter(({ from }) => overlaps(from, range))) {
    tell('second detector', make('span', { class: 'hit' }, `sees an identifier: ${rule}`))
  }
  nodes.push(facts)
  const rows = note.evidence.filter((each) => overlaps(each, range)).toSorted((a, b) => b.score - a.score)
  if (rows.length === 0) nodes.push(make('p', { class: 'quiet' }, 'No rule, list or model had anything to say here.'))
  else nodes.push(tabulate(rows))
  return nodes
}

function tabulate(rows: readonly Evidence[]): HTMLElement {
  const head = make('tr')
  for (const title of ['stage', 'source', 'class', 'score', 'outcome']) {
    head.append(make('th', { scope: 'col', class: title }, title))
  }
  const body = make('tbody')
  for (const { stage, source, class: phiClass, score, outcome } of rows) {
    body.append(
      make(
        'tr',
        { class: outcome },
        make('td', {}, STAGES[stage]),
        make('td', { class: 'source' }, ...breakAtDots(source)),
        make('td', {}, phiClass),
        make('td', { class: 'score' }, score.toFixed(2)),
        make('td', {}, OUTCOMES[outcome]),
      ),
    )
  }
  return make('table', {}, make('caption', {}, 'Candidates'), make('thead', {}, head), body)
}

/** A narrow column breaks an id where it has a joint. */
function breakAtDots(id: string): readonly (Node | string)[] {
  return id.split(/(?<=[.:_-])/).flatMap((part) => [part, make('wbr')])
}

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  person: ['NAME', 'INITIALS', 'USERNAME', 'CHARACTERISTIC', 'EMPLOYER', 'BIOMETRIC', 'PHOTO'],
  place: ['STREET', 'CITY', 'COUNTY', 'STATE', 'COUNTRY', 'ZIP', 'GEO', 'FACILITY'],
  time: ['DATE', 'TIME', 'DATE_PART', 'YEAR', 'AGE'],
  contact: ['PHONE', 'FAX', 'EMAIL', 'URL', 'IP'],
}

/** What colour a class has; its name always stands beside it. */
export function groupOf(phiClass: string): string {
  return Object.entries(GROUPS).find(([, classes]) => classes.includes(phiClass))?.[0] ?? 'number'
}
