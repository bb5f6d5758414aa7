import type { Engine } from './engine.ts'
import { joinObligations } from './obligations.ts'
import type { Question, RestoreDecision } from './types.ts'

/** Asks for all classes at once, and for each by itself when that is refused; what a policy masks is not among them. */
export function listClasses(engine: Engine, question: Question): RestoreDecision {
  const { classes: asked = [] } = question
  const whole = engine(question)
  const answers = whole.isAllowed
    ? [{ classes: asked, verdict: whole }]
    : asked.length < 2
      ? []
      : asked.map((name) => ({ classes: [name], verdict: engine({ ...question, classes: [name] }) }))
  const allowed = answers.filter(({ verdict }) => verdict.isAllowed)
  const obligations = joinObligations(allowed.map(({ verdict }) => verdict.obligations))
  const masked = new Set(obligations.mask)
  return {
    classes: new Set(allowed.flatMap(({ classes }) => classes).filter((name) => !masked.has(name))),
    obligations,
  }
}
