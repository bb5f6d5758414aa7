import { ASVS } from '../requirements/asvs/index.ts'
import type { AsvsRow } from '../requirements/asvs/types.ts'

/** `npm run trace -- asvs`: how each chapter and level stands, what is not met and why; the last line is JSON. */
const STATUSES = ['met', 'not-applicable', 'not-met'] as const
const LEVELS = [1, 2, 3] as const

function count(rows: readonly AsvsRow[], level: number): Record<string, number> {
  const ofLevel = rows.filter((row) => row.level === level)
  return Object.fromEntries(STATUSES.map((status) => [status, ofLevel.filter((row) => row.status === status).length]))
}

function print(line = ''): void {
  process.stdout.write(`${line}\n`)
}

if (process.argv[2] !== 'asvs') {
  process.stderr.write('usage: npm run trace -- asvs\n')
  process.exit(2)
}

const rows = ASVS.flatMap((chapter) => chapter.rows)
print(`OWASP ASVS 5.0.0, chapters V6 to V12: ${rows.length} requirements`)
print()
print('chapter                      level   met   n/a   not met')
for (const { id, title, rows: own } of ASVS) {
  for (const level of LEVELS) {
    const counts = STATUSES.map((status) => String(count(own, level)[status]).padStart(6))
    print(`${`${id} ${title}`.padEnd(30)}${level}${counts.join('')}`)
  }
}
const exceptions = rows.flatMap((row) => (row.status === 'met' && row.exception ? [`${row.id}  ${row.exception}`] : []))
print(`\nMet with a written exception:\n${exceptions.join('\n')}`)
print('\nNot met (level 3):')
for (const row of rows) {
  if (row.status === 'not-met') print(`${row.id}  ${row.how}\n          would meet it: ${row.wouldMeet}`)
}
print('\nNot applicable:')
for (const { id, status, how } of rows) if (status === 'not-applicable') print(`${id}  ${how}`)
print()
print(JSON.stringify({ total: rows.length, ...Object.fromEntries(LEVELS.map((level) => [level, count(rows, level)])) }))
