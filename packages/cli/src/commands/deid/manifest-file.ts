import type { Manifest } from '@breakwater/deid'
import { createStagedFile } from '../../io/staged-file.ts'
import type { StagedFileOptions } from '../../io/staged-file.ts'

/** What a run wrote, by name. */
export interface Output {
  readonly name: string
  /** Of the released bytes, in hex. */
  readonly sha256: string
}

/**
 * The manifest with the digests of what was released and how many documents the second detector held: the same input
 * and rules give the same bytes.
 */
export function formatManifest(manifest: Manifest, outputs: readonly Output[], held: number): string {
  const sorted = outputs.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return `${JSON.stringify({ ...manifest, residual: { held }, outputs: sorted }, null, 2)}\n`
}

/** Writes a manifest, whole or not at all. */
export async function writeManifest(options: StagedFileOptions, text: string): Promise<void> {
  const file = await createStagedFile(options)
  try {
    await file.write(text)
    await file.finish()
    await file.publish()
  } finally {
    await file.discard()
  }
}
