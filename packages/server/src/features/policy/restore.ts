import type { Engine } from './engine.ts'
import { joinObligations } from './obligations.ts'
import type { Question, RestoreDecision, Verdict } from './types.ts'

/** Lists by the verdict that permits all that was asked for: an engine that remembers gives the same object again. */
export type KnownLists = WeakMap<Verdict, RestoreDecision>

/** Asks for all classes at once, and for each by itself when that is refused; what a policy masks is not among them. */
export function listClasses(engine: Engine, question: Question, known?: KnownLists): RestoreDecision {
  const { classes = [] } = question
  const whole = engine(question)
  if (!whole.isAllowed) return join(askEach(engine, question))
  const before = known?.get(whole)
  if (before) return before
  const decision = join([{ classes, verdict: whole }])
  known?.set(whole, decision)
  return decision
}

interface Answer {
  readonly classes: readonly string[]
  readonly verdict: Verdict
}

function askEach(engine: Engine, question: Question): Answer[] {
  const { classes = [] } = question
  if (classes.length < 2) return []
  const answers = classes.map((name) => ({ classes: [name], verdict: engine({ ...question, classes: [name] }) }))
  return answers.filter(({ verdict }) => verdict.isAllowed)
}

function join(allowed: readonly Answer[]): RestoreDecision {
  const obligations = joinObligations(allowed.map(({ verdict }) => verdict.obligations))
  const masked = new Set(obligations.mask)
  return {
    classes: new Set(allowed.flatMap(({ classes }) => classes).filter((name) => !masked.has(name))),
    obligations,
  }
}
