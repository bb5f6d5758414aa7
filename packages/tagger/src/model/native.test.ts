import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { openModel } from './model.ts'
import { createTensor, ONNX_RUNTIME_VERSION, openSession } from './native.ts'

const TINY = join(import.meta.dirname, '../../test-data/tiny')
const require = createRequire(import.meta.url)

describe('the native runtime', () => {
  test('is the version whose binding is known, pinned', () => {
    expect(require('onnxruntime-node/package.json')).toMatchObject({ version: ONNX_RUNTIME_VERSION })
    expect(require('../../package.json')).toMatchObject({ dependencies: { 'onnxruntime-node': ONNX_RUNTIME_VERSION } })
  })

  test('answers before it returns: the text engine is synchronous', () => {
    const session = openSession(readFileSync(join(TINY, 'pieces.onnx')))
    const input = createTensor(new Int32Array(3), [1, 3])
    const answer = session.run({ ids: input, shape: input, gaz: input }, { tags: null, roles: null }, {})
    expect(answer).not.toBeInstanceOf(Promise)
    expect(answer['roles']?.dims).toEqual([3, 4])
  })

  test('refuses bytes that are no model', () => {
    expect(() => openSession(new Uint8Array(64))).toThrow(expect.objectContaining({ code: 'detector.unavailable' }))
  })

  test('a model that answers in another shape is refused', () => {
    const model = openModel(readFileSync(join(TINY, 'pieces.onnx')), { tags: 3, roles: 4 })
    const input = { data: new Int32Array(2), dims: [1, 2] }
    expect(() => model.run({ ids: input, shape: input, gaz: input }, 2)).toThrow(
      expect.objectContaining({ code: 'detector.unavailable' }),
    )
  })

  test('runs in a worker thread', async () => {
    const code = `
      const { binding, initOrt } = require(${JSON.stringify(require.resolve('onnxruntime-node/dist/binding.js'))})
      initOrt()
      const session = new binding.InferenceSession()
      const bytes = require('node:fs').readFileSync(${JSON.stringify(join(TINY, 'words.onnx'))})
      session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, {})
      require('node:worker_threads').parentPort.postMessage(session.inputMetadata[0].name)`
    const worker = new Worker(code, { eval: true })
    const name = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    await worker.terminate()
    expect(name).toBe('features')
  })
})
