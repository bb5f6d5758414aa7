import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { readGoldLine } from '@breakwater/deid/evaluate'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findFaults, walkByKeyboard } from '../console/page-checks.ts'

const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const HAS_CHROMIUM = existsSync(EXECUTABLE) || process.env['CI'] !== undefined
const TITLE = HAS_CHROMIUM ? 'review in Chromium' : 'review, not judged: Chromium is not installed'
const SHOTS = process.env['REVIEW_SHOTS']
const CLI = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
const STEP_TIMEOUT_MS = 20_000
const NOTES = [
  {
    id: 'adm-1',
    text: 'Patient: Maria Lopez\r\nMRN: 00123456, DOB 03/04/1961 🙂\nSeen on ward zebrafish by Dr. Samuel Whitfield. Parkinson disease since 2016.',
  },
  { id: 'msg-2', text: 'This is Tobias Gruen, reach me at 555-0142. Thanks, T.G.' },
]
const VALUES = ['Maria', 'Lopez', '00123456', '1961', 'zebrafish', 'Whitfield', 'Tobias', '0142']

// Text, because this program knows no DOM.
const INJECT = `(() => {
  const script = document.createElement('script')
  try { script.textContent = 'window.ran = true' } catch { return 'refused' }
  document.body.append(script)
  return window.ran === true ? 'ran' : 'refused'
})()`
const INJECT_STYLE = `(() => {
  const style = document.createElement('style')
  style.textContent = 'h1 { color: rgb(1, 2, 3) }'
  document.head.append(style)
  return getComputedStyle(document.querySelector('h1')).color === 'rgb(1, 2, 3)' ? 'applied' : 'refused'
})()`
const LEAVE = `fetch('https://example.com/').then(() => 'left', () => 'refused')`
const FOCUSED = `document.activeElement?.getAttribute('aria-label') ?? ''`

let browser: Browser
let folder: string
let child: ChildProcess | undefined
let said = ''
let requested: string[]
let complaints: string[]

async function start(args: readonly string[]): Promise<string> {
  said = ''
  const started = spawn(process.execPath, ['--conditions=breakwater-source', CLI, 'review', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/bin:/bin' },
  })
  child = started
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()))
  while (!/#\S+/.test(said) && started.exitCode === null) await sleep(20)
  return /http:\S+/.exec(said)?.[0] ?? ''
}

async function openPage(address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  context.setDefaultTimeout(STEP_TIMEOUT_MS)
  const page = await context.newPage()
  page.on('request', (request) => requested.push(request.url()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  await page.goto(address)
  return page
}

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return
  await mkdir(SHOTS, { recursive: true })
  await page.screenshot({ path: join(SHOTS, `${name}.png`) })
}

const inputPath = (): string => join(folder, 'notes.ndjson')

describe.skipIf(!HAS_CHROMIUM)(TITLE, { timeout: 90_000 }, () => {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox'] })
  }, 60_000)
  afterAll(async () => {
    await browser.close()
  })
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'breakwater-review-'))
    requested = []
    complaints = []
    await writeFile(inputPath(), NOTES.map((note) => `${JSON.stringify(note)}\n`).join(''))
  })
  afterEach(async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    child = undefined
    for (const context of browser.contexts()) await context.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('corrections by keyboard alone export as gold, and no address or output holds PHI', async () => {
    const out = join(folder, 'c.jsonl')
    const page = await openPage(await start([inputPath(), '--out', out, '--no-open']))
    await page.getByText('0 of 2 accepted').waitFor()
    expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key)
    }
    // From the first span: its class, then its neighbour goes and comes back.
    await press('n', 'p')
    expect(await page.evaluate(FOCUSED)).toBe('Maria Lopez, NAME, patient')
    await press('c')
    await page.keyboard.type('userna')
    await press('Enter')
    expect(await page.evaluate(FOCUSED)).toContain('USERNAME')
    await press('n', 'd', 'u', 'p', 'u')
    await page.getByRole('button', { name: 'Maria Lopez, NAME, patient' }).waitFor()
    // The ward has no span: the cursor goes there, and is marked.
    while (
      !(await page
        .getByRole('status')
        .filter({ hasText: /^zebrafish$/ })
        .count())
    )
      await press('f')
    await press('m')
    await page.keyboard.type('facil')
    await press('Enter')
    const added = page.getByRole('button', { name: /^zebrafish, FACILITY/ })
    await added.waitFor()
    await press('s')
    await page.getByRole('button', { name: /^ward zebrafish, FACILITY/ }).waitFor()
    await page.getByText('Saved', { exact: true }).waitFor()
    await shoot(page, 'corrected')
    await press('a')
    await page.getByRole('heading', { name: 'msg-2' }).waitFor()
    await page.getByText('1 of 2 accepted').waitFor()
    await press('x')
    await page.getByText('1 accepted note written as gold').waitFor()

    const lines = (await readFile(join(folder, 'c.gold.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    const gold = readGoldLine(lines[0] ?? '')
    expect(gold.text).toBe(NOTES[0]?.text)
    const surfaces = gold.spans.map(({ label, parts: [part] }) => `${label} ${gold.text.slice(part?.start, part?.end)}`)
    expect(surfaces).toContain('NAME Maria Lopez')
    expect(surfaces).toContain('FACILITY ward zebrafish')
    for (const value of VALUES) {
      expect(said).not.toContain(value)
      for (const url of requested) expect(url).not.toContain(value)
    }
    expect(requested.every((url) => !url.includes('#') && url.startsWith('http://127.0.0.1:'))).toBe(true)
    expect(complaints).toEqual([])
  })

  test('a selection with the mouse becomes a span; evidence stands beside what has the focus or the pointer', async () => {
    const page = await openPage(await start([inputPath(), '--out', join(folder, 'c.jsonl'), '--no-open']))
    await page.getByRole('button', { name: /^Maria Lopez, NAME/ }).hover()
    const evidence = page.getByRole('complementary', { name: 'Evidence' })
    await evidence.getByText('Maria Lopez').waitFor()
    expect(await evidence.getByRole('cell', { name: 'decided' }).count()).toBeGreaterThan(0)
    await page.evaluate(`(() => {
      const walker = document.createTreeWalker(document.getElementById('before'), NodeFilter.SHOW_TEXT)
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.data.indexOf('Parkinson')
        if (at >= 0) getSelection().setBaseAndExtent(node, at, node, at + 10)
      }
    })()`)
    await page.getByRole('button', { name: 'Mark', exact: true }).click()
    await page.getByRole('option', { name: 'NAME', exact: true }).click()
    await page.getByRole('button', { name: /^Parkinson, NAME, unknown, added/ }).waitFor()
    expect(complaints).toEqual([])
  })

  test('the policy stops inline script and style and every address elsewhere', async () => {
    const page = await openPage(await start([inputPath(), '--no-open']))
    await page.getByText('0 of 2 accepted').waitFor()
    expect(await page.evaluate(INJECT)).toBe('refused')
    expect(await page.evaluate(INJECT_STYLE)).toBe('refused')
    expect(await page.evaluate(LEAVE)).toBe('refused')
  })

  test('the page can be read and used without a mouse: names, contrast, focus, reflow', async () => {
    const page = await openPage(await start([inputPath(), '--out', join(folder, 'c.jsonl'), '--no-open']))
    await page.getByText('0 of 2 accepted').waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await shoot(page, colorScheme)
      expect(await findFaults(page)).toEqual([])
    }
    // Where the walk starts.
    await page.getByRole('heading', { level: 1 }).click()
    const reached = await walkByKeyboard(page)
    for (const name of ['Export gold', 'Accept note', 'Mark', 'Maria Lopez, NAME, patient'])
      expect(reached).toContain(name)
    expect(reached.filter((name) => name.includes('focus not shown'))).toEqual([])
    await page.setViewportSize({ width: 400, height: 800 })
    await shoot(page, 'narrow')
    expect(await findFaults(page)).toEqual([])
  })

  test('one file works from the disk, asks nobody for anything, and can be looked at only', async () => {
    const out = join(folder, 'review.html')
    const run = spawn(process.execPath, ['--conditions=breakwater-source', CLI, 'review', inputPath(), '--html', out], {
      stdio: 'ignore',
      env: { PATH: '/usr/bin:/bin' },
    })
    await once(run, 'exit')
    const address = pathToFileURL(out).href
    const page = await openPage(address)
    await page.context().setOffline(true)
    await page.getByText('Contains PHI.').waitFor()
    await page.getByRole('button', { name: /^Maria Lopez, NAME/ }).waitFor()
    await page.keyboard.press('j')
    await page.getByRole('heading', { name: 'msg-2' }).waitFor()
    await page.keyboard.press('n')
    await shoot(page, 'file')
    expect(await page.getByRole('button', { name: 'Accept note' }).count()).toBe(0)
    expect(await page.evaluate(INJECT)).toBe('refused')
    expect(requested.filter((url) => url !== address && !url.startsWith('data:'))).toEqual([])
    expect(complaints.filter((text) => !text.includes('Content Security Policy') && !text.includes('Trusted'))).toEqual(
      [],
    )
  })
})
