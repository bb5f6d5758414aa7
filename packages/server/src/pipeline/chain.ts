import type { PartialCrossing, Received } from './context.ts'
import type { StageDeps } from './deps.ts'

/** One check or act of the boundary: takes what is known, answers what is known after it, or throws an AppError. */
export type Stage<In, Out> = (context: In, deps: StageDeps) => Promise<Out> | Out

export interface StageRow {
  readonly name: string
  readonly isBuilt: boolean
}

/** A column of the table: stages in order, each taking what the one before it answers. */
export interface Chain<Out> {
  readonly rows: readonly StageRow[]
  add<Next>(name: string, stage: Stage<Out, Next>): Chain<Next>
  /** A stage that a later version builds: it has its place, and says that it does nothing. */
  notBuilt(name: string): Chain<Out>
  /** `reached` sees each context, so that a refusal can be recorded with what was known. */
  run(received: Received, deps: StageDeps, reached: (context: PartialCrossing) => void): Promise<Out>
}

type AnyStage = (context: unknown, deps: StageDeps) => unknown

/** An empty column. */
export function createChain(): Chain<Received> {
  return extend([], [])
}

function extend<Out>(rows: readonly StageRow[], stages: readonly AnyStage[]): Chain<Out> {
  return {
    rows,
    add: (name, stage) => extend([...rows, { name, isBuilt: true }], [...stages, stage as AnyStage]),
    notBuilt: (name) => extend([...rows, { name, isBuilt: false }], stages),
    async run(received, deps, reached) {
      let context: unknown = received
      for (const stage of stages) {
        reached(context as PartialCrossing)
        const next = stage(context, deps)
        // Most stages have nothing to wait for.
        context = next instanceof Promise ? await next : next
      }
      return context as Out
    },
  }
}
