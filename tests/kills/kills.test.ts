import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { makeScratchHome } from '../support/home.ts'
import { findViolations } from './audit.ts'
import { runCycles } from './cycles.ts'
import { findMarker, markerOf } from './workers.ts'

const CYCLES = 20
const LATE_INTENT = fileURLToPath(new URL('../intent-order/late-intent.ts', import.meta.url))

test('keeps every promise through 20 kills under load (AU-01)', { timeout: 600_000 }, async () => {
  const scratch = await makeScratchHome()
  onTestFinished(() => scratch.remove())
  const evidence = await runCycles({ home: scratch.home, cycles: CYCLES, env: { TMPDIR: scratch.temporary } })

  expect(findViolations(evidence)).toEqual([])
  await keepLog(scratch.home)
  // Otherwise it says little: kills that met nothing on its way.
  const acknowledged = evidence.requests.filter(({ receipt }) => receipt !== undefined)
  expect(acknowledged.length).toBeGreaterThan(CYCLES * 10)
  expect(evidence.requests.length - acknowledged.length).toBeGreaterThan(CYCLES)
  const lone = evidence.entries.filter(({ kind, decision }) => kind === 'crossing.outcome' && decision === 'unknown')
  expect(lone.length).toBeGreaterThan(0)
})

test('catches a server whose intent comes after the forward', { timeout: 180_000 }, async () => {
  const scratch = await makeScratchHome()
  onTestFinished(() => scratch.remove())
  const env = { TMPDIR: scratch.temporary, NODE_OPTIONS: `--import=${LATE_INTENT}` }
  const evidence = await runCycles({ home: scratch.home, cycles: 1, env })
  expect(findViolations(evidence)).toContainEqual(expect.stringMatching(/^early: .* was forwarded with 0 intents/))
})

test('finds the marker of a request again', () => {
  expect(findMarker(JSON.stringify({ content: `Please repeat these words: ${markerOf(1_234_567)}.` }))).toBe(
    markerOf(1_234_567),
  )
})

/** For a judge outside: the log of the run, where KILLS_KEEP_LOG says. */
async function keepLog(home: string): Promise<void> {
  const folder = process.env['KILLS_KEEP_LOG']
  if (!folder) return
  for (const name of ['log', 'log.vkey']) await cp(join(home, name), join(folder, name), { recursive: true })
}
