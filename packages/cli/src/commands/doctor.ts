import type { Finding } from '@breakwater/server'
import type { Command } from '../command.ts'
import { createStyle } from '../style.ts'
import type { Style } from '../style.ts'
import { FailedError } from '../terminal.ts'

export const doctor: Command = {
  name: 'doctor',
  summary: 'look at a running installation: keys, TLS, clock, policy, roles, log; what is wrong and what to do',
  options: { json: { type: 'boolean', help: 'print JSON, for machines' } },
  notes: [
    'Run it on the machine of a gateway, under its account, with its BREAKWATER_ settings. It changes nothing.',
    'Exit code 1 when anything fails.',
  ],
  async run(given, { environment, stdout }) {
    const { runDoctor } = await import('@breakwater/server')
    const findings = await runDoctor(environment)
    const style = createStyle(stdout, environment)
    stdout.write(given.has('json') ? `${JSON.stringify({ findings }, null, 2)}\n` : describe(findings, style))
    if (findings.some(({ level }) => level === 'fail')) throw new FailedError()
  },
}

function describe(findings: readonly Finding[], style: Style): string {
  const width = Math.max(...findings.map(({ check }) => check.length)) + 2
  const marks = { ok: style.good('✓ ok  '), warn: style.dim('! warn'), fail: style.bad('✗ FAIL') } as const
  const lines = findings.flatMap(({ check, level, told, fix }) => [
    `${marks[level]}  ${check.padEnd(width)}${told}`,
    ...(fix === undefined ? [] : [style.dim(`${' '.repeat(8 + width)}fix: ${fix}`)]),
  ])
  const count = (wanted: Finding['level']): number => findings.filter(({ level }) => level === wanted).length
  return `${lines.join('\n')}\n\n${count('ok')} ok, ${count('warn')} warnings, ${count('fail')} failures\n`
}
