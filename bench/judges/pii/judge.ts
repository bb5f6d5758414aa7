// npm run judge -- pii [--oracle midpoint|exhaustive-2-part|union-worst-case] [--keep DIR]: the real gateway before
// pii-leak-benchmark's own upstream, for a caller that may have values put back and for one that may not; then the same
// harness before a gateway that does nothing, which it must fail; then chunk-invariance on the guard itself. CHECK FAILED
// and NOT MEASURED fail. --keep copies the raw reports, and what was printed as said.txt. Exit status: 0 all as it must be, 1 not.
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findFreePort } from '../../../tests/support/server.ts'
import type { CheckResult, SplitResult, Target } from './harness.ts'
import { checkAnswers, checkRequests, installHarness } from './harness.ts'
import { startPassThrough } from './pass-through.ts'
import type { Duty } from './world.ts'
import { openWorld } from './world.ts'

const { values: options } = parseArgs({
  options: {
    oracle: { type: 'string', default: 'exhaustive-2-part' },
    seed: { type: 'string', default: 'b7ea4a7e20261122' },
    keep: { type: 'string' },
  },
})
const INVARIANCE = fileURLToPath(new URL('invariance.py', import.meta.url))

const printed: string[] = []

function print(line: string): void {
  process.stdout.write(`${line}\n`)
  printed.push(`${line}\n`)
}

function judgeRequests(result: CheckResult, expected: string): boolean {
  const isRight = result.verdict === expected
  const contained = Object.entries(result.entities).map(([name, state]) => `${name} ${state}`)
  print(`${isRight ? 'ok  ' : 'FAIL'} requests, ${result.name}: ${result.verdict} (must be ${expected})`)
  print(`       ${contained.join(', ')}`)
  if (!isRight) print(`       ${result.reason}`)
  return isRight
}

function judgeAnswers(result: SplitResult, isAsItMustBe: (result: SplitResult) => boolean): boolean {
  const isMeasured = result.applicable > 0 && result.applicable === result.attempted && result.isSchemaValid
  const isRight = isMeasured && isAsItMustBe(result)
  const { name, fidelity, leakWhole, leakSplit, partial, applicable, attempted, outcome } = result
  print(
    `${isRight ? 'ok  ' : 'FAIL'} answers, ${name}: fidelity ${fidelity}, leak whole ${leakWhole}, split ${leakSplit}, ` +
      `in part ${partial}, to the upstream ${result.requestLeaks.length}; ${applicable} of ${attempted} cases, ${outcome}`,
  )
  if (!isRight) print(result.output)
  return isRight
}

const hasNoLeak = ({ leakWhole, leakSplit, partial, requestLeaks }: SplitResult): boolean =>
  leakWhole === 0 && leakSplit === 0 && partial === 0 && requestLeaks.length === 0

/** By duty, what both halves of an answer must come to. */
const BARS: Readonly<Record<Duty, (result: SplitResult) => boolean>> = {
  restore: (result) => hasNoLeak(result) && result.fidelity === 1,
  anonymize: (result) => hasNoLeak(result) && result.fidelity === 0,
}

const harness = await installHarness(process.env['PII_JUDGE'] ?? join(tmpdir(), 'breakwater-pii-judge'))
const folder = await mkdtemp(join(tmpdir(), 'pii-judge-'))
const port = await findFreePort()
const world = await openWorld(port)
const control = await startPassThrough(port)
const { oracle, seed } = options
let isRight = true
try {
  for (const duty of ['restore', 'anonymize'] as const) {
    const target: Target = { name: `breakwater-${duty}`, origin: world.origin, token: world.tokens[duty] }
    const requests = await checkRequests(harness, target, duty, port, join(folder, duty))
    isRight = judgeRequests(requests, 'CLEAN') && isRight
    const answers = await checkAnswers(harness, target, port, join(folder, 'answers'), { oracle, seed })
    isRight = judgeAnswers(answers, BARS[duty]) && isRight
  }
  const nothing: Target = { name: 'no-masking-control', origin: control.origin }
  isRight =
    judgeRequests(await checkRequests(harness, nothing, 'restore', port, join(folder, 'control')), 'LEAK') && isRight
  const answers = await checkAnswers(harness, nothing, port, join(folder, 'answers'), { oracle, seed })
  isRight = judgeAnswers(answers, ({ leakWhole, leakSplit }) => leakWhole === 1 && leakSplit === 1) && isRight
  const invariance = await harness.run('python', [INVARIANCE, process.execPath])
  print(invariance.output.trim())
  isRight = invariance.exitCode === 0 && isRight
  if (options.keep !== undefined) {
    await cp(folder, options.keep, { recursive: true })
    await writeFile(join(options.keep, 'said.txt'), printed.join(''))
  }
} finally {
  control.close()
  await world.close()
  await rm(folder, { recursive: true, force: true })
}
process.exitCode = isRight ? 0 : 1
