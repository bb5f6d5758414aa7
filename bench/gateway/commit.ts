// The ledger's append on its own, in a process of its own: node commit.ts DATABASE_URL
// Reads `{"inFlight":N,"seconds":S}` a line, measures, answers with a line of JSON.
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { createBareAppender, sampleEntry } from './appender.ts'
import { quantile } from './statistics.ts'

const [, , url = ''] = process.argv
const client = new Client({ connectionString: url, options: '-c role=breakwater_app' })
await client.connect()

const appender = createBareAppender(client)

async function measure(inFlight: number, seconds: number): Promise<object> {
  const latenciesMs: number[] = []
  const startedAt = performance.now()
  const appendUntil = async (deadline: number): Promise<void> => {
    while (performance.now() < deadline) {
      const before = performance.now()
      await appender.append(sampleEntry())
      latenciesMs.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, () => appendUntil(startedAt + seconds * 1000)))
  const requests = latenciesMs.length
  const requestsPerSecond = (requests / (performance.now() - startedAt)) * 1000
  return { requests, requestsPerSecond, p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99) }
}

await measure(16, 0.5)
console.log('ready')
for await (const line of createInterface(process.stdin)) {
  const { inFlight, seconds }: { inFlight: number; seconds: number } = JSON.parse(line)
  console.log(JSON.stringify(await measure(inFlight, seconds)))
}
await client.end()
