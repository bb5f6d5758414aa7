import { createHmac } from 'node:crypto'
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGuardFilter } from '@breakwater/server/testing'
import { quantile } from '../gateway/statistics.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** The bars: characters at p99, and milliseconds from the byte that frees a text to the text. */
const MAX_HELD_CHARS = 64
const MAX_RELEASE_MS = 15

/** What models say of a patient: prose, lists and a table. Braces hold what was masked, as class:length is of no matter. */
const ANSWERS = [
  `The patient, {NAME}, was admitted with two days of fever, productive cough and confusion. On arrival she was tachycardic
and hypotensive, and a chest film showed a right lower lobe infiltrate. Blood cultures grew Streptococcus pneumoniae, and
she was treated with ceftriaxone and azithromycin. By the fourth day she was afebrile on 2 L of oxygen, and {NAME} cleared
her for discharge with a walker. Metformin was restarted at 500 mg twice daily before she went home on {DATE}.`,
  `**Summary for {NAME}**

- Community-acquired pneumonia, right lower lobe, treated with ceftriaxone 2 g daily.
- Acute kidney injury: creatinine 1.9 from 1.4, back to 1.5 at discharge.
- Type 2 diabetes: metformin held, then restarted at 500 mg twice daily.

**Follow-up**: Dr. {NAME} on {DATE}, repeat chest film in six weeks. Call {PHONE} for fever above 38.3 C, new confusion or
breathlessness. MRN {MRN}.`,
  `Dear {NAME},

thank you for coming in. Your results are back: the haemoglobin is stable, the kidney function has improved, and there is
no sign of infection any more. Please go on with the tablets as before, drink enough water, and walk every day as far as
you can. If you feel short of breath or if your legs begin to swell, call us at {PHONE} at any time. We will see you again
on {DATE}, and {NAME} will be there to answer your questions about the new device.`,
  `| Item | Before | After |
| --- | --- | --- |
| Creatinine | 1.9 | 1.5 |
| Lactate | 3.1 | 1.0 |
| Oxygen | 4 L | 2 L |

The trend is reassuring. Because the lactate fell within six hours and the creatinine followed, further imaging was not
thought to be needed, and the team agreed with {NAME} to stop the intravenous antibiotics and to change to tablets.`,
]

export const HELP = `npm run bench -- holdback [options]
  --rounds N   of all answers (20)
  --rate N     tokens/s of the model (40)
  --paced      keeps that rate by the clock instead of by arithmetic
How much of a streamed answer the guard holds back while it arrives, a few characters at a time as models send it, and how
long after the piece that frees a text that text is out. Whatever was masked comes back as long as its token, so that
characters in and out can be compared. Bars: p99 of characters held <= ${MAX_HELD_CHARS}, of release <= ${MAX_RELEASE_MS} ms.`

/** Prints the figures with their bars and, last, one line of JSON. Exit status 1: a bar does not hold. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string', default: '20' },
      rate: { type: 'string', default: '40' },
      paced: { type: 'boolean', default: false },
    },
  })
  const filter = await createGuardFilter((data) => createHmac('sha256', 'bench').update(data).digest())
  const gapMs = 1_000 / Number(values.rate)
  const [held, released, visible]: [number[], number[], number[]] = [[], [], []]
  const measure = async (answer: string, isMeasured: boolean): Promise<void> => {
    const channel = filter.createChannel()
    let [sent, out, pieces] = [0, 0, 0]
    for (const [piece] of answer.matchAll(/\s*\S{1,5}|\s+$/g)) {
      if (values.paced) await sleep(gapMs)
      const begin = performance.now()
      const text = await channel.push(piece)
      const ms = performance.now() - begin
      pieces++
      sent += piece.length
      if (out === 0 && text !== '' && isMeasured) visible.push(pieces * gapMs + ms)
      out += text.length
      if (!isMeasured) continue
      held.push(sent - out)
      if (text !== '') released.push(ms)
    }
    out += (await channel.end()).length
    if (out !== sent) throw new Error('what came out is not as long as what went in: the figures would mean nothing')
  }
  for (let round = -2; round < Number(values.rounds); round++) {
    for (const answer of ANSWERS) await measure(fill(answer, filter.tokenOf), round >= 0)
  }
  const figures = {
    heldChars: { p50: quantile(held, 0.5), p99: quantile(held, 0.99), max: Math.max(...held) },
    releaseMs: { p50: quantile(released, 0.5), p99: quantile(released, 0.99), max: Math.max(...released) },
    firstVisibleMs: { p50: quantile(visible, 0.5), max: Math.max(...visible) },
    pieces: held.length,
  }
  print(
    `held back, characters      p50 ${figures.heldChars.p50}  p99 ${figures.heldChars.p99}  max ${figures.heldChars.max}  (bar: p99 <= ${MAX_HELD_CHARS})`,
  )
  print(
    `release, ms                p50 ${round(figures.releaseMs.p50)}  p99 ${round(figures.releaseMs.p99)}  max ${round(figures.releaseMs.max)}  (bar: p99 <= ${MAX_RELEASE_MS})`,
  )
  print(
    `first visible at ${values.rate}/s, ms   p50 ${round(figures.firstVisibleMs.p50)}  max ${round(figures.firstVisibleMs.max)}`,
  )
  print(JSON.stringify(figures))
  if (figures.heldChars.p99 > MAX_HELD_CHARS || figures.releaseMs.p99 > MAX_RELEASE_MS) process.exitCode = 1
}

function fill(
  answer: string,
  tokenOf: (tokenClass: 'NAME' | 'DATE' | 'PHONE' | 'MRN', surface: string) => string,
): string {
  let count = 0
  return answer.replace(/\{(NAME|DATE|PHONE|MRN)\}/g, (_, tokenClass: 'NAME' | 'DATE' | 'PHONE' | 'MRN') => {
    const length = tokenOf(tokenClass, '').length
    return tokenOf(tokenClass, `v${count++}`.padEnd(length, 'x'))
  })
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
