import { createRequire } from 'node:module'
import { AppError } from '@breakwater/kernel'
import { forbidTelemetry } from './no-telemetry.ts'

/**
 * The version whose inner parts this file knows. onnxruntime-node's own API answers with promises, yet its native
 * binding runs to the end before it returns; the text engine is synchronous, so that no text can pass while a stage is
 * still at work, and therefore calls the binding itself. native.test.ts fails when an update changes it.
 */
export const ONNX_RUNTIME_VERSION = '1.30.0'

/** One thread: a worker of the server gets one core, and two threads lose on a busy machine. */
const OPTIONS = {
  executionProviders: ['cpu'],
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
} as const

export interface NativeTensor {
  readonly dims: readonly number[]
  readonly data: unknown
}

export interface NativeSession {
  run(feeds: object, fetches: object, options: object): Readonly<Record<string, NativeTensor | undefined>>
}

interface LoadableSession extends NativeSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: object): void
}

interface Runtime {
  readonly binding: { readonly InferenceSession: new () => LoadableSession }
  readonly initOrt: () => void
}

interface Api {
  readonly Tensor: new (type: 'int32', data: Int32Array, dims: readonly number[]) => NativeTensor
}

const require = createRequire(import.meta.url)

/** Loads a model into the native runtime. Throws `detector.unavailable` when the runtime or the model cannot be loaded. */
export function openSession(model: Uint8Array): NativeSession {
  forbidTelemetry()
  try {
    const { binding, initOrt }: Runtime = require('onnxruntime-node/dist/binding.js')
    initOrt()
    const session = new binding.InferenceSession()
    session.loadModel(model.buffer, model.byteOffset, model.byteLength, OPTIONS)
    return session
  } catch (cause) {
    throw new AppError('detector.unavailable', { message: 'A model of the tagger cannot be loaded.', cause })
  }
}

/** A tensor of whole numbers. */
export function createTensor(data: Int32Array, dims: readonly number[]): NativeTensor {
  forbidTelemetry()
  const { Tensor }: Api = require('onnxruntime-node')
  return new Tensor('int32', data, dims)
}
