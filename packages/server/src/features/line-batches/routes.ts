import { lineBatchInputSchema, lineBatchQuerySchema, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { parseInput, readBody } from '../../platform/http/body.ts'
import { readCaller } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import { readMultipart } from '../../platform/http/multipart.ts'
import { MAX_FILE_BYTES } from './files.ts'
import type { LineBatchService } from './types.ts'

/** What a request says of itself in headers, for each of its lines. Whom it acts for is read when it is authenticated. */
const HEADERS = [
  'breakwater-basis',
  'breakwater-conversation',
  'breakwater-data-class',
  'breakwater-egress-tools',
  'breakwater-labels',
  'breakwater-patient',
  'breakwater-purpose',
  'breakwater-use',
] as const

export function lineBatchRoutes(service: LineBatchService): Hono<ServerEnv> {
  const id = (c: Context<ServerEnv>): string => c.req.param('id') ?? ''
  return new Hono<ServerEnv>()
    .post(ROUTES.putLineFile.path, async (c) =>
      c.json(await service.putFile(readCaller(c), readMultipart(c.req.raw, MAX_FILE_BYTES))),
    )
    .get(ROUTES.getLineFile.path, async (c) => c.json(await service.getFile(readCaller(c), id(c))))
    .get(ROUTES.readLineFile.path, async (c) => {
      const lines = await service.readFile(readCaller(c), id(c))
      return c.body(toBytes(lines), 200, { 'content-type': 'application/jsonl' })
    })
    .delete(ROUTES.deleteLineFile.path, async (c) => {
      await service.deleteFile(readCaller(c), id(c))
      return c.json({ id: id(c), object: 'file', deleted: true })
    })
    .post(ROUTES.runLineBatch.path, async (c) => {
      const input = await readBody(c, lineBatchInputSchema)
      const headers = HEADERS.flatMap((name) => {
        const value = c.req.header(name)
        return value === undefined ? [] : [[name, value] as const]
      })
      return c.json(await service.create(readCaller(c), input, Object.fromEntries(headers)))
    })
    .get(ROUTES.listLineBatches.path, async (c) => {
      const page = parseInput(lineBatchQuerySchema, c.req.query())
      const { batches, hasMore } = await service.list(readCaller(c), page)
      return c.json({
        object: 'list',
        data: batches,
        first_id: batches.at(0)?.id ?? null,
        last_id: batches.at(-1)?.id ?? null,
        has_more: hasMore,
      })
    })
    .get(ROUTES.getLineBatch.path, async (c) => c.json(await service.get(readCaller(c), id(c))))
    .post(ROUTES.cancelLineBatch.path, async (c) => c.json(await service.cancel(readCaller(c), id(c))))
}

function toBytes(lines: AsyncGenerator<string, void, undefined>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await lines.next()
        if (done === true) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
        await lines.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}
