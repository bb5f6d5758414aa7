import type { PartialCrossing, Received } from './context.ts'
import type { StageDeps } from './deps.ts'

/** One check or act of the boundary: takes what is known, answers what is known after it, or throws an AppError. */
export type Stage<In, Out> = (context: In, deps: StageDeps) => Promise<Out> | Out

export interface StageRow {
  readonly name: string
}

/** A column of the table: stages in order, each taking what the one before it answers. */
export interface Chain<Out> {
  readonly rows: readonly StageRow[]
  add<Next>(name: string, stage: Stage<Out, Next>): Chain<Next>
  /** `reached` sees each stage that begins and what is known by then, so that a refusal can be recorded with it. */
  run(received: Received, deps: StageDeps, reached: Reached): Promise<Out>
}

type Reached = (context: PartialCrossing, stage: string) => void

interface NamedStage {
  readonly name: string
  readonly run: (context: unknown, deps: StageDeps) => unknown
}

/** An empty column. */
export function createChain(): Chain<Received> {
  return extend([])
}

function extend<Out>(stages: readonly NamedStage[]): Chain<Out> {
  return {
    rows: stages.map(({ name }) => ({ name })),
    add: (name, stage) => extend([...stages, { name, run: stage as NamedStage['run'] }]),
    async run(received, deps, reached) {
      let context: unknown = received
      for (const { name, run } of stages) {
        reached(context as PartialCrossing, name)
        const next = run(context, deps)
        // Most stages have nothing to wait for.
        context = next instanceof Promise ? await next : next
      }
      return context as Out
    },
  }
}
