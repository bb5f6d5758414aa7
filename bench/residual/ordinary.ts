import { readFileSync } from 'node:fs'
import type { ResidualScanner, TextEngine } from '@breakwater/deid'
import { AppError } from '@breakwater/kernel'
import { createTextMasker, sampleKeyring } from '@breakwater/server/testing'

/** Texts of nobody by kind, which users send all day; they train nothing. */
function readOrdinary(): readonly (readonly [kind: string, texts: readonly string[]])[] {
  return readFileSync(new URL('ordinary.txt', import.meta.url), 'utf8')
    .replaceAll('{dot}', '.')
    .split(/^## (?=[a-z]+$)/m)
    .slice(1)
    .map((block) => {
      const end = block.indexOf('\n')
      return [
        block.slice(0, end),
        block
          .slice(end + 1)
          .trimEnd()
          .split('\n---\n'),
      ] as const
    })
}

/** How many of each kind are refused as messages of the gateway, rules alone; `show` prints why. */
export async function refuseOrdinary(
  engine: TextEngine,
  scanner: ResidualScanner,
  show: boolean,
): Promise<{ readonly kind: string; readonly texts: number; readonly refused: number }[]> {
  const rows = []
  for (const [kind, texts] of readOrdinary()) {
    let refused = 0
    for (const text of texts) {
      const seen: string[] = []
      const watched = {
        scan(...[scanned, written]: Parameters<typeof scanner.scan>) {
          const hits = scanner.scan(scanned, written)
          seen.push(...hits.map(({ rule, start, end }) => `${rule} ${scanned.slice(start, end)}`))
          return hits
        },
      }
      const mask = createTextMasker({
        clock: { now: () => new Date(0) },
        engine,
        keyring: sampleKeyring,
        scanner: watched,
      })
      try {
        await mask({ tenant: 'bench', id: 'bench' }, text, 'text')
      } catch (thrown) {
        if (!(thrown instanceof AppError)) throw thrown
        refused++
        if (show) console.log('ordinary', kind, thrown.code, seen.join(', '))
      }
    }
    rows.push({ kind, texts: texts.length, refused })
  }
  return rows
}
