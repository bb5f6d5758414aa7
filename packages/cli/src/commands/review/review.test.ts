import { once } from 'node:events'
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readGoldLine } from '@breakwater/deid/evaluate'
import { describe, expect, test } from 'vitest'
import { inFolder, runHere, startCli } from '../../testing/cli.ts'
import type { NoteView, ReviewList, ReviewSpan } from './shape.ts'

const NOTES = [
  { id: 'n1', text: 'Patient Maria Lopez, DOB 03/04/1961, MRN 00123456, age 64. Ward zebrafish-7 🙂 calls Ana.' },
  { id: 'n2', text: 'Lisinopril 10 mg daily; recheck in 90 days.' },
]
const LINES = NOTES.map((note) => `${JSON.stringify(note)}\n`).join('')
const JSON_TYPE = { 'content-type': 'application/json' }

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

interface Running {
  readonly port: number
  readonly token: string
  /** As the program's page asks; `headers` replace its own. */
  ask(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Answer>
  /** Opens the session, once. */
  enter(): Promise<void>
  said(): string
  /** Ends the program with a signal and resolves to its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** `breakwater review` as a process of its own, and requests as a browser would send them. */
async function startReview(args: readonly string[]): Promise<Running> {
  const child = startCli(['review', ...args, '--rules-only', '--no-open'])
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()))
  while (!/#\S+/.test(said)) {
    if (child.exitCode !== null) throw new Error(`ended: ${said}`)
    await sleep(20)
  }
  const [, port = '', token = ''] = /http:\/\/127\.0\.0\.1:(\d+)\/#(\S+)/.exec(said) ?? []
  const own: Record<string, string> = {
    host: `127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    'sec-fetch-site': 'same-origin',
  }
  const ask: Running['ask'] = (method, path, { body, headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port, method, path, headers: { ...own, ...(body ? JSON_TYPE : {}), ...headers } },
        (answer) => {
          const parts: Buffer[] = []
          answer.on('data', (part: Buffer) => parts.push(part))
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts).toString() }),
          )
        },
      )
      sent.on('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  return {
    port: Number(port),
    token,
    ask,
    said: () => said,
    async enter() {
      const { headers, body } = await ask('POST', '/session', { body: { token } })
      own['cookie'] = String(headers['set-cookie']).split(';')[0] ?? ''
      own['x-breakwater-review'] = (JSON.parse(body) as { key: string }).key
    },
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      child.kill(signal)
      const [code] = (await once(child, 'exit')) as [number | null]
      return code
    },
  }
}

async function inReview(
  options: readonly string[],
  work: (running: Running, folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const input = join(folder, 'notes.ndjson')
    await writeFile(input, LINES)
    const running = await startReview([input, ...options.map((each) => each.replace('FOLDER', folder))])
    try {
      await work(running, folder)
    } finally {
      await running.end('SIGKILL').catch(() => null)
    }
  })
}

async function see<Value>(running: Running, path: string): Promise<Value> {
  return JSON.parse((await running.ask('GET', path)).body) as Value
}

describe('review: who sees the notes', { timeout: 60_000 }, () => {
  test('the address works once; a second use ends the session and prints another address', async () => {
    await inReview([], async (running) => {
      expect((await running.ask('GET', '/api/review')).status).toBe(401)
      expect((await running.ask('POST', '/session', { body: { token: 'guess' } })).status).toBe(401)
      await running.enter()
      expect((await running.ask('GET', '/api/notes/0')).status).toBe(200)
      const stranger = { cookie: '', 'x-breakwater-review': '' }
      const second = await running.ask('POST', '/session', { body: { token: running.token }, headers: stranger })
      expect(second.status).toBe(401)
      expect((await running.ask('GET', '/api/notes/0')).status).toBe(401)
      expect(running.said()).toContain('used a second time')
      expect(running.said().match(/#\S+/g)).toHaveLength(2)
    })
  })

  test('cookie and header are both needed, for a cookie goes to every port of a host', async () => {
    await inReview([], async (running) => {
      await running.enter()
      expect((await running.ask('GET', '/api/review')).status).toBe(200)
      expect((await running.ask('GET', '/api/review', { headers: { 'x-breakwater-review': '' } })).status).toBe(401)
      expect((await running.ask('GET', '/api/review', { headers: { cookie: '' } })).status).toBe(401)
    })
  })

  test('a foreign Host, origin or site is refused with a session too', async () => {
    await inReview([], async (running) => {
      await running.enter()
      const { port } = running
      const ask = async (...args: Parameters<Running['ask']>): Promise<Answer> => running.ask(...args)
      for (const host of ['evil.example', `localhost:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`]) {
        expect((await ask('GET', '/', { headers: { host } })).status).toBe(403)
        expect((await ask('GET', '/api/review', { headers: { host } })).status).toBe(403)
      }
      expect((await ask('GET', '/api/notes/0', { headers: { 'sec-fetch-site': 'same-site' } })).status).toBe(403)
      expect((await ask('POST', '/api/gold', { body: {}, headers: { origin: 'http://127.0.0.1:1' } })).status).toBe(403)
      expect((await ask('GET', '/', { headers: { 'sec-fetch-site': 'none' } })).status).toBe(200)
    })
  })

  test('no cache keeps an answer, no address is passed on, and only our own script runs', async () => {
    await inReview([], async (running) => {
      await running.enter()
      for (const path of ['/', '/review.js', '/api/notes/0', '/nothing']) {
        const { headers } = await running.ask('GET', path)
        expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
        expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/)
        expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/)
      }
      const { headers } = await running.ask('POST', '/session', { body: { token: running.token } })
      expect(String(headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict; Path=\/$/)
    })
  })

  test('what the program prints holds nothing of a note; Ctrl-C ends it', async () => {
    await inReview(['--out', 'FOLDER/c.jsonl'], async (running) => {
      await running.enter()
      await running.ask('GET', '/api/notes/0')
      await running.ask('PUT', '/api/notes/0', { body: { spans: [{ start: 0, end: 999, class: 'NAME', role: 'x' }] } })
      await running.ask('GET', '/Maria')
      expect(await running.end('SIGINT')).toBe(0)
      for (const value of ['Maria', 'Lopez', '1961', '00123456', 'zebrafish', 'n1']) {
        expect(running.said().replace(/http:\S+/g, '')).not.toContain(value)
      }
    })
  })
})

describe('review: corrections', { timeout: 60_000 }, () => {
  test('a correction is on the disk when it is acknowledged, mode 0600, and survives kill -9', async () => {
    await inFolder(async (folder) => {
      const [input, out] = [join(folder, 'notes.ndjson'), join(folder, 'c.jsonl')]
      await writeFile(input, LINES)
      const first = await startReview([input, '--out', out])
      await first.enter()
      const before = await see<NoteView>(first, '/api/notes/0')
      const ana = before.text.indexOf('Ana')
      const spans: ReviewSpan[] = [...before.spans, { start: ana, end: ana + 3, class: 'NAME', role: 'relative' }]
      expect((await first.ask('PUT', '/api/notes/0', { body: { spans, isAccepted: true } })).status).toBe(200)
      await first.end('SIGKILL')
      expect((await stat(out)).mode & 0o777).toBe(0o600)
      expect(await readFile(out, 'utf8')).not.toContain('Maria')

      const second = await startReview([input, '--out', out])
      try {
        await second.enter()
        const after = await see<NoteView>(second, '/api/notes/0')
        expect(after).toMatchObject({ isAccepted: true, isChanged: true })
        expect(after.spans.at(-1)).toEqual(spans.at(-1))
        expect(after.outcome.text).toMatch(/calls \[NAME\]\.$/)
      } finally {
        await second.end('SIGKILL')
      }
    })
  })

  test('accepted notes export as gold that evaluate reads, with the places as they were left', async () => {
    await inReview(['--out', 'FOLDER/c.jsonl'], async (running, folder) => {
      await running.enter()
      const { text, spans } = await see<NoteView>(running, '/api/notes/0')
      const ward = text.indexOf('zebrafish-7')
      const added: ReviewSpan = { start: ward, end: ward + 11, class: 'FACILITY', role: 'unknown' }
      const corrected = [...spans, added].toSorted((a, b) => a.start - b.start)
      await running.ask('PUT', '/api/notes/0', { body: { spans: corrected, isAccepted: true } })
      await running.ask('PUT', '/api/notes/1', { body: { spans: [], isAccepted: false } })
      expect((await running.ask('POST', '/api/gold', { body: {} })).body).toBe('{"documents":1}')
      const path = join(folder, 'c.gold.jsonl')
      expect((await stat(path)).mode & 0o777).toBe(0o600)
      const read = readGoldLine((await readFile(path, 'utf8')).trimEnd())
      expect(read).toMatchObject({ id: 'n1', text: NOTES[0]?.text })
      const places = read.spans.map(({ parts: [part], label, role }) => ({ ...part, class: label, role }))
      expect(places).toEqual(corrected)
      const { code, stdout } = await runHere(['evaluate', path, '--json'])
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ documents: 1 })
    })
  })

  test('spans that overlap, lie outside or name no class are refused, and nothing is kept', async () => {
    await inReview(['--out', 'FOLDER/c.jsonl'], async (running, folder) => {
      await running.enter()
      const good = { start: 0, end: 3, class: 'NAME', role: 'patient' }
      for (const spans of [
        [good, { ...good, start: 2, end: 5 }],
        [{ ...good, end: 9_999 }],
        [{ ...good, class: 'SECRET' }],
        [{ ...good, role: 'owner' }],
        'all',
      ]) {
        const { status } = await running.ask('PUT', '/api/notes/0', { body: { spans, isAccepted: true } })
        expect(status).toBe(400)
      }
      await expect(stat(join(folder, 'c.jsonl'))).rejects.toMatchObject({ code: 'ENOENT' })
    })
  })

  test('without --out nothing is written', async () => {
    await inReview([], async (running) => {
      await running.enter()
      expect((await see<ReviewList>(running, '/api/review')).canCorrect).toBe(false)
      const { status } = await running.ask('PUT', '/api/notes/0', { body: { spans: [], isAccepted: true } })
      expect(status).toBe(409)
    })
  })

  test('a file of something else is not taken for corrections', async () => {
    await inFolder(async (folder) => {
      const [input, out] = [join(folder, 'notes.ndjson'), join(folder, 'other.jsonl')]
      await writeFile(input, LINES)
      await writeFile(out, LINES)
      const { code, stderr } = await runHere(['review', input, '--out', out, '--no-open'])
      expect({ code, stderr }).toMatchObject({ code: 1 })
      expect(stderr).toContain('corrections, line 1')
      expect(await readFile(out, 'utf8')).toBe(LINES)
    })
  })

  test('gold is where the review of gold starts', async () => {
    await inFolder(async (folder) => {
      const input = join(folder, 'gold.jsonl')
      const span = { start: 8, end: 13, class: 'NAME', role: 'patient' }
      await writeFile(input, `${JSON.stringify({ ...NOTES[0], kind: 'letter', spans: [span] })}\n`)
      const running = await startReview([input, '--gold'])
      try {
        await running.enter()
        const { spans, detected } = await see<NoteView>(running, '/api/notes/0')
        expect(spans).toEqual([span])
        expect(detected.length).toBeGreaterThan(1)
      } finally {
        await running.end('SIGKILL')
      }
    })
  })
})

describe('review --html', () => {
  test('writes one file, mode 0600, that says what it holds; an existing one needs --force', async () => {
    await inFolder(async (folder) => {
      const [input, out] = [join(folder, 'notes.ndjson'), join(folder, 'r.html')]
      await writeFile(input, LINES.replace('zebrafish-7', '</script><!-- $& zebrafish'))
      expect((await runHere(['review', input, '--html', out])).code).toBe(0)
      expect((await stat(out)).mode & 0o777).toBe(0o600)
      const html = await readFile(out, 'utf8')
      expect(html).toContain('Contains PHI.')
      expect(html).not.toMatch(/<link rel="stylesheet"| src=/)
      expect(html.match(/<\/script>/g)).toHaveLength(2)
      const again = await runHere(['review', input, '--html', out])
      expect(again.code).toBe(1)
      expect(again.stderr).toContain('--force')
      await chmod(out, 0o644)
      expect((await runHere(['review', input, '--html', out, '--force'])).code).toBe(0)
      expect((await stat(out)).mode & 0o777).toBe(0o600)
    })
  })

  test.each(['--html', '--out'])('%s never lies in what deid wrote, by a link neither', async (option) => {
    await inFolder(async (folder) => {
      const input = join(folder, 'in')
      await mkdir(input)
      await writeFile(join(input, 'a.txt'), 'No identifiers here.')
      const released = join(folder, 'released')
      expect((await runHere(['deid', input, '--profile', 'safe-harbor', '--out', released])).code).toBe(0)
      await mkdir(join(released, 'deep'))
      await symlink(join(released, 'deep'), join(folder, 'link'))
      for (const place of [join(released, 'r'), join(released, 'deep', 'r'), join(folder, 'link', 'r')]) {
        const { code, stderr } = await runHere(['review', input, option, place, '--no-open'])
        expect(code).toBe(2)
        expect(stderr).toContain('output of deid')
      }
    })
  })
})
