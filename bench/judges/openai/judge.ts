// npm run judge -- openai [--spec FILE] [--keep DIR] [--write]: OpenAI's generated client tests against the real gateway, with
// a mock behind it that checks each forwarded body against OpenAI's description. Once under an agreement that covers every
// feature, once under one that covers none but the plain ones. No forwarded body may be invalid; what is refused must be
// what expected/*.txt says, no more and no less; a test may fail only where the gateway refused. --write puts down what
// was seen as what is expected. Exit status: 0 all as it must be, 1 not, 2 cannot run.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { FEATURES } from '@breakwater/contract'
import type { Feature } from '@breakwater/contract'
import { openGateway } from '../gateway.ts'
import { startShim } from './shim.ts'
import { startMock } from './steady.ts'
import { installSuite, SUITE } from './suite.ts'
import { judgeRun, listSteps } from './verdict.ts'

const { values: options } = parseArgs({
  options: {
    spec: { type: 'string', default: '../shared/data/openai-spec/openapi.transformed.yml' },
    keep: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
/** Those that the suite asks for, and lists. */
const MODELS = [
  'gpt-6-astra',
  'gpt-3.5-turbo-instruct',
  'omni-moderation-2024-09-26',
  'omni-moderation-latest',
  'text-embedding-3-small',
  'model',
]
const NONE: readonly Feature[] = []
const RUNS = { 'every-feature': Object.keys(FEATURES) as Feature[], 'phi-default': NONE } as const
const EXPECTED = fileURLToPath(new URL('expected/', import.meta.url))

const print = (line: string): void => void process.stdout.write(`${line}\n`)

async function runAll(spec: string): Promise<boolean> {
  const suite = await installSuite(process.env['OPENAI_JUDGE'] ?? join(tmpdir(), 'breakwater-openai-judge'))
  await using mock = await startMock(spec)
  await using gateway = await openGateway([{ id: 'suite', port: mock.port, models: MODELS }])
  await using shim = await startShim(gateway, mock)
  let isRight = true
  for (const [name, features] of Object.entries(RUNS)) {
    await gateway.agreeOn(features)
    const said = await suite.run(shim.address)
    const seen = shim.take()
    const file = join(EXPECTED, `${name}.txt`)
    if (options.write) await writeFile(file, `${listSteps(seen.observed).join('\n')}\n`)
    const expected = (await readFile(file, 'utf8')).trimEnd().split('\n')
    const { lines, isRight: isRunRight } = judgeRun(name, seen, expected)
    for (const line of [...lines, `       ${SUITE}: ${said}`]) print(line)
    isRight = isRunRight && isRight
    if (options.keep === undefined) continue
    await mkdir(options.keep, { recursive: true })
    await writeFile(join(options.keep, `${name}.txt`), `${[...lines, said].join('\n')}\n`)
  }
  return isRight
}

const spec = resolve(options.spec)
if (existsSync(spec)) {
  process.exitCode = (await runAll(spec)) ? 0 : 1
} else {
  process.stderr.write(
    `no description at ${options.spec}: name OpenAI's with --spec FILE; it is api_reference/openapi.transformed.yml of github.com/openai/openai-node\n`,
  )
  process.exitCode = 2
}
