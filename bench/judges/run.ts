// npm run judge -- NAME [options]: what others say of the product's work. Without a name: ledger.
import { readFile } from 'node:fs/promises'

const JUDGES: Readonly<Record<string, string>> = {
  clients: "Python's clients as released: both halves, whole and streamed, with tools",
  ledger: "Go's libraries: a log is verified, and tampered copies of it are refused",
  llama: 'a real llama.cpp engine behind the gateway',
  openai: "OpenAI's generated client tests, with a mock behind the gateway that checks each body",
  pii: 'pii-leak-benchmark and chunk-invariance: both halves, cut everywhere, with a control that must fail',
  policy: 'the shipped policies, cell by cell, and each of their conditions taken away',
}

/** What the comment at the head of a judge's file says: what it judges, its options and exit statuses. */
async function readHead(name: string): Promise<string> {
  const lines = (await readFile(new URL(`${name}/judge.ts`, import.meta.url), 'utf8')).split('\n')
  return lines
    .slice(
      0,
      lines.findIndex((line) => !line.startsWith('//')),
    )
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .join('\n')
}

function usage(): string {
  const lines = Object.entries(JUDGES).map(([name, what]) => `  ${name.padEnd(8)} ${what}`)
  return ['npm run judge -- NAME [options]   (NAME --help says more; without a name: ledger)', ...lines, ''].join('\n')
}

const [name = 'ledger', option] = process.argv.slice(2)
if (name === '--help') process.stdout.write(usage())
else if (Object.hasOwn(JUDGES, name) && option === '--help') process.stdout.write(`${await readHead(name)}\n`)
else if (Object.hasOwn(JUDGES, name)) {
  // A judge reads its own options from where they would stand without its name.
  process.argv.splice(2, 1)
  await import(`./${name}/judge.ts`)
} else if (name.startsWith('--')) {
  await import('./ledger/judge.ts')
} else {
  process.stderr.write(`no such judge\n${usage()}`)
  process.exitCode = 2
}
