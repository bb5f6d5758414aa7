import type { DocumentScore, GoldDocument, Predicted } from '@breakwater/deid/evaluate'
import { createStagedFile } from '../../io/staged-file.ts'
import type { StagedFile, StagedFileOptions } from '../../io/staged-file.ts'

const BANNER = {
  banner:
    'CONTAINS PHI: identifiers that were missed, with their surroundings. Keep it as you keep the notes; delete it.',
}
const AROUND = 40

/** The file that shows what was missed, and negatives that were changed: the only place where values go. */
export interface MissesFile {
  add(document: GoldDocument, score: DocumentScore, predicted: readonly Predicted[]): Promise<void>
  publish(): Promise<void>
  discard(): Promise<void>
}

export async function createMissesFile(options: StagedFileOptions): Promise<MissesFile> {
  const file: StagedFile = await createStagedFile(options)
  const write = async (row: object): Promise<void> => file.write(`${JSON.stringify(row)}\n`)
  await write(BANNER)
  return {
    async add({ id, text }, score, predicted) {
      const show = (start: number, end: number): object => ({
        start,
        end,
        text: text.slice(start, end),
        before: text.slice(Math.max(0, start - AROUND), start),
        after: text.slice(end, end + AROUND),
      })
      for (const { start, end, class: phiClass, label } of score.missed) {
        await write({ id, missed: phiClass, label, ...show(start, end) })
      }
      if (!score.isNegative) return
      for (const { start, end, class: phiClass } of predicted)
        await write({ id, changed: phiClass, ...show(start, end) })
    },
    async publish() {
      await file.finish()
      await file.publish()
    },
    discard: () => file.discard(),
  }
}
