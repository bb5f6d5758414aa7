import {
  evaluationInputSchema,
  evaluationReadSchema,
  feedbackInputSchema,
  historyReadSchema,
  keptKindSchema,
  keptQuerySchema,
  keptRuleInputSchema,
  ROUTES,
} from '@breakwater/contract'
import type { EvaluationSample, KeptKind } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Context } from 'hono'
import { Hono } from 'hono'
import { parseInput, readBody } from '../../platform/http/body.ts'
import { readCaller, readId, readUuid } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { KeptService } from './types.ts'

// A text of 50,000 characters, whatever they are.
const MAX_SAMPLE_BYTES = 400_000

export function keptRoutes(kept: KeptService): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listKeptRules.path, async (c) => c.json({ rules: await kept.listRules(readCaller(c).tenant) }))
    .put(ROUTES.putKeptRule.path, async (c) => {
      const input = await readBody(c, keptRuleInputSchema)
      return c.json(await kept.putRule(readCaller(c), readKind(c), input))
    })
    .delete(ROUTES.endKeptRule.path, async (c) => {
      await kept.endRule(readCaller(c), readKind(c))
      return c.body(null, 204)
    })
    .get(ROUTES.listHistory.path, async (c) => {
      const page = parseInput(keptQuerySchema, c.req.query())
      return c.json({ crossings: await kept.listHistory(readCaller(c), page) })
    })
    .get(ROUTES.readHistory.path, async (c) => {
      const wish = parseInput(historyReadSchema, c.req.query())
      return c.json(await kept.readHistory(readCaller(c), readUuid(c), wish))
    })
    .post(ROUTES.giveFeedback.path, async (c) => {
      const input = await readBody(c, feedbackInputSchema)
      return c.json(await kept.giveFeedback(readCaller(c), readUuid(c), input))
    })
    .get(ROUTES.listFeedback.path, async (c) => {
      const page = parseInput(keptQuerySchema, c.req.query())
      return c.json({ feedback: await kept.listFeedback(readCaller(c), page) })
    })
    .get(ROUTES.listEvaluations.path, async (c) => {
      return c.json({ evaluations: await kept.listEvaluations(readCaller(c)) })
    })
    .put(ROUTES.createEvaluation.path, async (c) => c.json(await kept.createEvaluation(readCaller(c), readId(c))))
    .delete(ROUTES.deleteEvaluation.path, async (c) => {
      await kept.removeEvaluation(readCaller(c), readId(c))
      return c.body(null, 204)
    })
    .post(ROUTES.addSample.path, async (c) => {
      const input = await readBody(c, evaluationInputSchema, MAX_SAMPLE_BYTES)
      return c.json(await kept.addSample(readCaller(c), readId(c), input))
    })
    .delete(ROUTES.removeSample.path, async (c) => {
      await kept.removeEvaluation(readCaller(c), readId(c), readUuid(c, 'sample'))
      return c.body(null, 204)
    })
    .get(ROUTES.exportEvaluation.path, async (c) => {
      const { purpose } = parseInput(evaluationReadSchema, c.req.query())
      const samples = await kept.exportEvaluation(readCaller(c), readId(c), purpose)
      return c.body(toLines(samples), 200, { 'content-type': 'application/jsonl' })
    })
}

/** One line a sample, each opened when it is asked for. */
function toLines(samples: AsyncGenerator<EvaluationSample, void, undefined>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await samples.next()
        if (done === true) controller.close()
        else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`))
      },
      cancel: async () => {
        await samples.return()
      },
    },
    { highWaterMark: 0 },
  )
}

function readKind(c: Context<ServerEnv>): KeptKind {
  const parsed = keptKindSchema.safeParse(c.req.param('kind'))
  if (parsed.success) return parsed.data
  throw new AppError('resource.unknown', { message: 'nothing of that name is kept' })
}
