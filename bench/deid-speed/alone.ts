// A process of its own that loads the engine, reads texts of two kilobytes once each, and tells what that cost.
import { readFileSync } from 'node:fs'
import { quantile } from '../gateway/statistics.ts'
import { chooseTagger, loadOurs } from '../deid/ours.ts'

const [choice, file = ''] = process.argv.slice(2)
const { engine, loadMs } = loadOurs(chooseTagger(choice))
const texts: string[] = JSON.parse(readFileSync(file, 'utf8'))
const [first = '', ...rest] = texts
const begun = performance.now()
engine.plan([first], 'safe-harbor')
const firstMs = performance.now() - begun
const each = rest.map((text) => {
  const from = performance.now()
  engine.plan([text], 'safe-harbor')
  return performance.now() - from
})
process.stdout.write(
  `${JSON.stringify({
    loadMs,
    firstMs,
    p50Ms: quantile(each, 0.5),
    p99Ms: quantile(each, 0.99),
    residentMegabytes: process.memoryUsage().rss / 1e6,
  })}\n`,
)
