// npm run judge -- NAME [options]: what others say of the product's work. Without a name: ledger.

const JUDGES: readonly string[] = ['clients', 'ledger', 'llama', 'openai', 'pii', 'policy']

const [name = 'ledger'] = process.argv.slice(2)
if (JUDGES.includes(name)) {
  // A judge reads its own options from where they would stand without its name.
  process.argv.splice(2, 1)
  await import(`./${name}/judge.ts`)
} else if (name.startsWith('--')) {
  await import('./ledger/judge.ts')
} else {
  process.stderr.write(`no such judge; one of: ${JUDGES.join(', ')}\n`)
  process.exitCode = 2
}
