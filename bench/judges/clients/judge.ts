// npm run judge -- clients [--keep DIR]: openai, langchain-openai and anthropic for Python, as released, against the real
// gateway with scripted models behind it: one in OpenAI's dialect of our own, one in Anthropic's of a vendor under a business
// associate agreement; whole and streamed, with a tool. The caller's own values come back, the model's do not,
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
import { contractVendor, startVendor, VENDOR_MODEL } from './vendor.ts'

const { values: options } = parseArgs({ options: { keep: { type: 'string' } } })
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
/** What both_halves.py sends. */
const OWN = ['Maribel', 'Quintanilla', '4482913']
/** One request whole and one streamed, of each client. */
const REQUESTS = { model: 4, vendor: 2 } as const

async function runClients(): Promise<boolean> {
  const venv = join(process.env['CLIENTS_JUDGE'] ?? join(tmpdir(), 'breakwater-clients-judge'), 'venv')
  await installPins(venv, fileOf('requirements.txt'))
  await using model = await startScriptedModel()
  await using gateway = await openGateway([{ id: 'chat', port: model.port, models: ['scripted'] }])
  await using vendor = await startVendor()
  await contractVendor(gateway, vendor)
  await gateway.agreeOn([])
  const { origin, token, caFile } = gateway
  const env = { ...process.env, JUDGE_ORIGIN: origin, JUDGE_KEY: token, JUDGE_CA: caFile, JUDGE_CLAUDE: VENDOR_MODEL }
  const { isRight, output } = await new Promise<{ isRight: boolean; output: string }>((resolve) => {
    execFile(join(venv, 'bin', 'python'), [fileOf('both_halves.py')], { env }, (error, stdout, stderr) => {
      resolve({ isRight: error === null, output: `${stdout}${stderr}` })
    })
  })
  const all = [...model.received, ...vendor.received()]
  const leaks = all.filter((body) => OWN.some((value) => body.includes(value)))
  const isComplete = model.received.length === REQUESTS.model && vendor.received().length === REQUESTS.vendor
  const isClean = leaks.length === 0 && isComplete && vendor.faults.length === 0
  const last =
    `${isClean ? 'ok  ' : 'FAIL'} ${all.length} requests reached the models, ${leaks.length} with a value of the caller, ` +
    `${vendor.faults.length} that the vendor refused`
  const said = `${output.trim()}\n${last}\n`
  process.stdout.write(said)
  if (options.keep !== undefined) {
    await mkdir(options.keep, { recursive: true })
    await writeFile(join(options.keep, 'said.txt'), said)
  }
  return isRight && isClean
}

process.exitCode = (await runClients()) ? 0 : 1
