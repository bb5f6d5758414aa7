import { findReason, groupByReason } from './reasons.ts'
import type { Observed, Shim } from './shim.ts'

export interface RunVerdict {
  readonly lines: readonly string[]
  readonly isRight: boolean
}

/** The same request comes from the plain, the raw and the streaming form, whole and awaited, strict and loose: one name for all. */
function nameOf(test: string): string {
  const [file = '', , name = ''] = test.split('::')
  const group = file.replace('tests/api_resources/', '').replace('.py', '').replace('test_', '')
  return `${group} ${name.replace(/\[.*/, '').replace(/^test_(method|raw_response|streaming_response|path_params)_/, '')}`
}

/** What was refused and what was answered, a line each, sorted: what the lists beside this file hold. */
export function listSteps(observed: readonly Observed[]): readonly string[] {
  return [...new Set(observed.flatMap(({ test, steps }) => steps.map((step) => `${nameOf(test)}: ${step}`)))].sort()
}

export function judgeRun(
  name: string,
  { observed, forwarded }: ReturnType<Shim['take']>,
  expected: readonly string[],
): RunVerdict {
  const lines: string[] = []
  let isRight = true
  const check = (isHeld: boolean, line: string, details: readonly string[]): void => {
    isRight = isRight && isHeld
    lines.push(
      `${isHeld ? 'ok  ' : 'FAIL'} ${name}: ${line}`,
      ...(isHeld ? [] : details.map((each) => `       ${each}`)),
    )
  }
  const invalid = forwarded.filter(({ isValid }) => !isValid)
  check(
    forwarded.length > 0 && invalid.length === 0,
    `${forwarded.length} bodies sent on, ${invalid.length} not as OpenAI's description has them`,
    invalid.map(({ path, complaints }) => `${path}: ${complaints.join(', ')}`),
  )
  const steps = listSteps(observed)
  const surprises = [
    ...steps.filter((step) => !expected.includes(step)).map((step) => `not expected: ${step}`),
    ...expected.filter((step) => !steps.includes(step)).map((step) => `not seen: ${step}`),
  ]
  check(surprises.length === 0, `${steps.length} outcomes, ${surprises.length} unlike the list`, surprises)
  const unexplained = steps.filter((step) => findReason(step) === undefined)
  check(unexplained.length === 0, `each outcome has a reason, ${unexplained.length} have none`, unexplained)
  lines.push(...groupByReason(steps).map((line) => `       ${line}`))
  const asked = observed.filter(({ status }) => status !== undefined)
  const broken = asked.filter(({ status = 0, outcome }) => status < 400 !== (outcome === 'passed'))
  const answered = asked.filter(({ status = 0 }) => status < 400)
  check(
    answered.length > 0 && broken.length === 0,
    `${answered.length} of ${asked.length} tests that ask something were answered and passed, ${broken.length} ended otherwise than their answer`,
    broken.map(({ test, status, outcome }) => `${test}: ${status}, ${outcome}`),
  )
  const silent = observed.filter(({ status, outcome }) => status === undefined && outcome !== 'passed')
  check(
    silent.length === 0,
    `${silent.length} tests failed without asking`,
    silent.map(({ test }) => test),
  )
  return { lines, isRight }
}
