// npm run crash -- --cycles N: the kills of kills.test.ts, as many as asked for. Exits 1 when a promise was broken.
import { parseArgs } from 'node:util'
import { makeScratchHome } from '../support/home.ts'
import { findViolations } from './audit.ts'
import { runCycles } from './cycles.ts'

const { values } = parseArgs({ options: { cycles: { type: 'string', default: '100' } } })
const scratch = await makeScratchHome()
const say = (line: string): boolean => process.stdout.write(`${line}\n`)
const evidence = await runCycles({
  home: scratch.home,
  cycles: Number(values.cycles),
  env: { TMPDIR: scratch.temporary },
  onCycle: (cycle, victim, requests) => say(`cycle ${cycle}: killed ${victim}, ${requests} requests so far`),
})
const violations = findViolations(evidence)
for (const violation of violations) say(violation)
const acknowledged = evidence.requests.filter(({ receipt }) => receipt !== undefined).length
say(
  JSON.stringify({
    cycles: Number(values.cycles),
    requests: evidence.requests.length,
    acknowledged,
    forwarded: evidence.arrivals.size,
    entries: evidence.entries.length,
    checkpoints: evidence.checkpoints.length,
    violations: violations.length,
  }),
)
await scratch.remove()
process.exitCode = violations.length === 0 ? 0 : 1
