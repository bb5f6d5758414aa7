// npm run judge -- llama [--model FILE.gguf [--question TEXT]]: the real gateway before a real llama.cpp engine in this
// network. With the generated model of noise: does a masked request reach it, do its answers come back whole and streamed,
// is it held to a schema, and is it dialled nowhere but where its row says (GW-03). With a model of your own: one question
// and its answer, as the caller and as the engine see them. Linux on x64; LLAMA_JUDGE names the folder of the engine.
// Exit status: 0 all as it must be, 1 not.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installLlama } from '../../../tests/llama/install.ts'
import { CHECKS } from './checks.ts'
import { QUESTION, showAnswer } from './show-answer.ts'
import { openWorld } from './world.ts'

const { values: options } = parseArgs({
  options: { model: { type: 'string' }, question: { type: 'string', default: QUESTION } },
})

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

const startedMs = performance.now()
const llama = await installLlama(process.env['LLAMA_JUDGE'] ?? join(tmpdir(), 'breakwater-llama-judge'))
const installedMs = performance.now()
const world = await openWorld(llama, options.model)
let isRight = true
try {
  if (options.model !== undefined) print(await showAnswer(world, options.question))
  else {
    for (const { rule, findFaults } of CHECKS) {
      const faults = await findFaults(world)
      isRight = faults.length === 0 && isRight
      print(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${rule}`)
      for (const fault of faults) print(`       ${fault}`)
    }
  }
} finally {
  await world.close()
}
const seconds = (from: number, to: number): string => ((to - from) / 1_000).toFixed(1)
print(`${seconds(installedMs, performance.now())} s, and ${seconds(startedMs, installedMs)} s to install the engine`)
process.exitCode = isRight ? 0 : 1
