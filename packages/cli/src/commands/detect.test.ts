import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { readLines } from '../io/lines.ts'
import { runCli, runHere, startCli } from '../testing/cli.ts'

const NOTE = 'Patient Maria Lopez, DOB 03/04/1961, MRN 00123456, seen 05/06/2023. State: Ohio.'
const lineOf = (id: string | number, text: string): string => `${JSON.stringify({ id, text })}\n`

interface Found {
  readonly id: string | number
  readonly spans: readonly { start: number; end: number; class: string }[]
}
const readFound = (stdout: string): Found[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Found)

describe('detect', { timeout: 60_000 }, () => {
  test('answers each document with the spans that the profile changes, in the order of the input', async () => {
    const stdin = `${lineOf('a', NOTE)}\n${lineOf(7, 'take 90 mg for 90 days')}`
    const { code, stdout, stderr } = await runCli(['detect'], { stdin })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [first, second] = readFound(stdout)
    expect(first?.spans.map(({ start, end, class: phiClass }) => [phiClass, NOTE.slice(start, end)])).toEqual([
      ['NAME', 'Maria Lopez'],
      ['DATE', '03/04/1961'],
      ['MRN', '00123456'],
      ['DATE', '05/06/2023'],
    ])
    expect(Object.keys(first?.spans[0] ?? {})).toEqual(['start', 'end', 'class', 'role', 'score'])
    expect(second).toEqual({ id: 7, spans: [] })
  })

  test('offsets are UTF-16 units', async () => {
    const text = '😀😀 Patient Maria Lopez called.'
    const { stdout } = await runHere(['detect', '--profile', 'gateway'], { stdin: lineOf(1, text) })
    const [span] = readFound(stdout)[0]?.spans ?? []
    expect(text.slice(span?.start, span?.end)).toBe('Maria Lopez')
  })

  test('reads what an editor put before the first line, and years as of the release', async () => {
    const stdin = `\uFEFF${lineOf(1, 'Mr. Lopez, born in 1931')}`
    const years = async (...args: string[]): Promise<string[] | undefined> => {
      const { stdout } = await runHere(['detect', '--rules-only', '--language', 'en', ...args], { stdin })
      return readFound(stdout)[0]?.spans.map((span) => span.class)
    }
    expect(await years()).toEqual(['NAME'])
    expect(await years('--release-year', '2026')).toEqual(['NAME', 'YEAR'])
  })

  test.for([
    ['not JSON', 'SECRET', 'not JSON (body.invalid-json)'],
    ['an array', '["SECRET"]', 'not an object (body.invalid)'],
    ['a missing id', '{"text":"SECRET"}', 'id must be a string or a whole number (body.invalid)'],
    [
      'an id that JSON cannot hold',
      '{"id":12345678901234567890,"text":""}',
      'id must be a string or a whole number (body.invalid)',
    ],
    ['a text of another type', '{"id":1,"text":["SECRET"]}', 'text must be a string (body.invalid)'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'not UTF-8 (body.invalid-utf8)'],
  ] as const)('stops at %s, names the line and repeats nothing', async ([, line, message]) => {
    const stdin = Buffer.concat([Buffer.from(`${lineOf(1, NOTE)}\n`), Buffer.from(line), Buffer.from('\n')])
    const { code, stdout, stderr } = await runHere(['detect'], { stdin })
    expect({ code, stderr }).toEqual({ code: 1, stderr: `breakwater: line 3: ${message}\n` })
    expect(readFound(stdout).map(({ id }) => id)).toEqual([1])
  })

  test('answers while the input is still open', async () => {
    const child = startCli(['detect'])
    child.stdin.write(lineOf(1, NOTE))
    const answer = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))))
    child.stdin.end()
    expect(readFound(answer)).toMatchObject([{ id: 1 }])
  })

  test('a reader that goes away ends it quietly', async () => {
    const child = startCli(['detect'])
    let stderr = ''
    child.stderr.on('data', (data) => (stderr += String(data)))
    child.stdin.on('error', () => undefined)
    child.stdout.destroy()
    const ended = new Promise((resolve) => child.on('exit', resolve))
    child.stdin.end(lineOf(1, NOTE).repeat(2000))
    expect(await ended).toBe(1)
    expect(stderr).toBe('')
  })

  test('20 MB pass in bounded memory', { timeout: 120_000 }, async () => {
    const child = startCli(['detect'])
    const line = Buffer.from(lineOf('n', 'metoprolol 90 mg daily, review in three weeks; '.repeat(80)))
    const lines = Math.ceil((20 * 1024 * 1024) / line.length)
    let peakKilobytes = 0
    const watch = setInterval(() => {
      void readFile(`/proc/${child.pid}/status`, 'utf8').then(
        (status) => (peakKilobytes = Math.max(peakKilobytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))),
        () => undefined,
      )
    }, 20)
    const input = Readable.from(
      (function* () {
        for (let count = 0; count < lines; count++) yield line
      })(),
    )
    input.pipe(child.stdin)
    let answers = 0
    for await (const chunk of child.stdout) for (const byte of chunk as Buffer) if (byte === 0x0a) answers++
    clearInterval(watch)
    expect(answers).toBe(lines)
    expect(peakKilobytes).toBeGreaterThan(0)
    expect(peakKilobytes).toBeLessThan(400_000)
  })
})

describe('readLines', () => {
  const readAll = async (chunks: readonly Buffer[], maxBytes?: number): Promise<[number, string][]> => {
    const all: [number, string][] = []
    for await (const lines of readLines(Readable.from(chunks), maxBytes)) {
      for (const { number, text } of lines) all.push([number, text])
    }
    return all
  }

  test('lines do not depend on how the input is cut', async () => {
    const input = Buffer.from('ä 1\n\n€ 2\r\n😀 3')
    const whole = await readAll([input])
    expect(whole).toEqual([
      [1, 'ä 1'],
      [3, '€ 2\r'],
      [4, '😀 3'],
    ])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: input.length })), async (cuts) => {
        const sorted = [0, ...cuts.toSorted((a, b) => a - b), input.length]
        const chunks = sorted.slice(1).map((cut, index) => input.subarray(sorted[index], cut))
        expect(await readAll(chunks.filter(({ length }) => length > 0))).toEqual(whole)
      }),
    )
  })

  test('a line over the limit is refused before it is held, whole or in parts', async () => {
    const code = 'body.too-large'
    await expect(readAll([Buffer.from('12345\n')], 4)).rejects.toMatchObject({
      code,
      message: 'line 1: longer than 4 bytes',
    })
    await expect(readAll([Buffer.from('1\n123'), Buffer.from('45')], 4)).rejects.toMatchObject({
      code,
      message: 'line 2: longer than 4 bytes',
    })
    expect(await readAll([Buffer.from('1234\n1234')], 4)).toHaveLength(2)
  })
})

test('the models beside the rules find what no list holds', { timeout: 60_000 }, async () => {
  const line = `${JSON.stringify({ id: 1, text: 'Seen with her aunt Zyrrhanne Quillomba at noon.' })}\n`
  const { code, stdout } = await runCli(['detect'], { stdin: line })
  expect(code).toBe(0)
  expect((JSON.parse(stdout) as { spans: { class: string }[] }).spans).toContainEqual(
    expect.objectContaining({ class: 'NAME' }),
  )
})
