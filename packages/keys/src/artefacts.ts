import { createReadStream } from 'node:fs'
import type { Bytes } from './chunked.ts'
import type { Envelope } from './envelope.ts'
import type { FilePlace } from './file-cipher.ts'
import { openWhole, writeSealedFile } from './sealed-file.ts'

/** Kinds of artefacts that a model leaves (weights, features, training sets): each kind has a data key of its own. */
export type ArtefactKind = 'model' | 'feature-set' | 'training-set' | 'intermediate'

export interface ArtefactId {
  readonly tenant: string
  readonly kind: ArtefactKind
  /** Of the model or set, with its version. An artefact opens under the id it was stored under, and no other. */
  readonly id: string
}

/** Stores an artefact encrypted (45 CFR 164.312(a)(2)(iv)). */
export async function writeArtefact(envelope: Envelope, path: string, id: ArtefactId, source: Bytes): Promise<void> {
  await writeSealedFile(envelope, path, placeOf(id), source)
}

/**
 * Loads a stored artefact whole. Throws `keys.corrupt` when it is another one than `id` names, was altered or cut short;
 * `body.too-large` above `maxBytes`. No part of it is handed out then.
 */
export async function loadArtefact(
  envelope: Envelope,
  path: string,
  id: ArtefactId,
  limits: { readonly maxBytes: number },
): Promise<Uint8Array> {
  return openWhole(envelope, placeOf(id), createReadStream(path), limits)
}

function placeOf({ tenant, kind, id }: ArtefactId): FilePlace {
  return { tenant, objectClass: kind, fileId: id }
}
