import { AppError } from '@breakwater/kernel'
import { createTensor, type NativeSession, openSession } from './native.ts'

/** Probabilities, row-major: a row for each word or piece. */
export interface Scores {
  readonly tags: Float32Array
  readonly roles: Float32Array
}

interface ModelInput {
  readonly data: Int32Array
  readonly dims: readonly number[]
}

export interface Model {
  /** Runs the model on one stretch of text; `rows` is how many rows it must answer with. */
  run(inputs: Readonly<Record<string, ModelInput>>, rows: number): Scores
}

/** Opens a model whose outputs are `tags` and `roles` of these widths; every answer is held to them. */
export function openModel(bytes: Uint8Array, widths: { readonly tags: number; readonly roles: number }): Model {
  const session: NativeSession = openSession(bytes)
  return {
    run(inputs, rows) {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, { data, dims }]) => [name, createTensor(data, dims)]),
      )
      const answer = session.run(feeds, { tags: null, roles: null }, {})
      return { tags: read(answer['tags'], rows * widths.tags), roles: read(answer['roles'], rows * widths.roles) }
    },
  }
}

function read(tensor: { readonly data: unknown } | undefined, length: number): Float32Array {
  const data = tensor?.data
  if (!(data instanceof Float32Array) || data.length !== length)
    throw new AppError('detector.unavailable', { message: 'A model of the tagger answered in another shape.' })
  return data
}
