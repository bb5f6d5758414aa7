// npm run judge -- clients [--keep DIR]: openai and langchain-openai for Python, as released, against the real gateway
// with a scripted model behind it; whole and streamed, with a tool. The caller's own values come back, the model's do not,
// and none of the caller's reached the model. Exit status: 0 all as it must be, 1 not.
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openGateway } from '../gateway.ts'
import { installPins } from '../venv.ts'
import { startScriptedModel } from './upstream.ts'

const { values: options } = parseArgs({ options: { keep: { type: 'string' } } })
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
/** What both_halves.py sends. */
const OWN = ['Maribel', 'Quintanilla', '4482913']
/** One request a client, whole and streamed. */
const REQUESTS = 4

async function runClients(): Promise<boolean> {
  const venv = join(process.env['CLIENTS_JUDGE'] ?? join(tmpdir(), 'breakwater-clients-judge'), 'venv')
  await installPins(venv, fileOf('requirements.txt'))
  await using model = await startScriptedModel()
  await using gateway = await openGateway([{ id: 'chat', port: model.port, models: ['scripted'] }])
  await gateway.agreeOn([])
  const { origin, token, caFile } = gateway
  const env = { ...process.env, JUDGE_ORIGIN: origin, JUDGE_KEY: token, JUDGE_CA: caFile }
  const { isRight, output } = await new Promise<{ isRight: boolean; output: string }>((resolve) => {
    execFile(join(venv, 'bin', 'python'), [fileOf('both_halves.py')], { env }, (error, stdout, stderr) => {
      resolve({ isRight: error === null, output: `${stdout}${stderr}` })
    })
  })
  const leaks = model.received.filter((body) => OWN.some((value) => body.includes(value)))
  const isClean = leaks.length === 0 && model.received.length === REQUESTS
  const last = `${isClean ? 'ok  ' : 'FAIL'} ${model.received.length} requests reached the model, ${leaks.length} with a value of the caller`
  const said = `${output.trim()}\n${last}\n`
  process.stdout.write(said)
  if (options.keep !== undefined) {
    await mkdir(options.keep, { recursive: true })
    await writeFile(join(options.keep, 'said.txt'), said)
  }
  return isRight && isClean
}

process.exitCode = (await runClients()) ? 0 : 1
