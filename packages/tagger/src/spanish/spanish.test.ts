import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadSpanishTagger, SPANISH_WEIGHTS } from './load.ts'
import { createSpanishTagger } from './tagger.ts'

const NOTE = `Nombre: Lucia.
Apellidos: Ferrandiz Olmo.
NHC: 4471902.
Domicilio: Calle del Olivo 12, 3 B.
Localidad/ Provincia: Teruel.
CP: 44001.
Edad: 65 anos Sexo: M.
Medico: Pedro Almagro RuizNoCol: 44 44 10293.
Informe clinico del paciente: Mujer de 65 anos que ingreso el 12 de marzo de 2015 por dolor en el pecho.
`
const tagger = loadSpanishTagger()

describe('the Spanish tagger', () => {
  test('gives classes and roles, also where words are glued (DI-01)', () => {
    const found = tagger
      .tag(NOTE)
      .filter(({ isWeak }) => !isWeak)
      .map(({ start, end, class: phiClass, role }) => [phiClass, role, NOTE.slice(start, end)])
    for (const wanted of [
      ['NAME', 'patient', 'Lucia'],
      ['NAME', 'patient', 'Ferrandiz Olmo'],
      ['NAME', 'clinician', 'Pedro Almagro Ruiz'],
      ['LICENCE', 'clinician', '44 44 10293'],
      ['MRN', 'patient', '4471902'],
      ['STREET', 'unknown', 'Calle del Olivo 12, 3 B'],
      ['CITY', 'unknown', 'Teruel'],
      ['DATE', 'unknown', '12 de marzo de 2015'],
    ]) {
      expect(found).toContainEqual(wanted)
    }
  })

  test('answers inside the text, in order, without overlaps, with scores from 0 to 1', () => {
    const texts = fc.array(fc.constantFrom('Nombre:', 'Ana', 'de', '12/03/2015', '\n', '.', 'Calle', '28001', 'x'), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(texts, fc.string(), (words, noise) => {
        const text = words.join(' ') + noise
        let reached = 0
        for (const { start, end, score } of tagger.read(text)) {
          expect(start).toBeGreaterThanOrEqual(reached)
          expect(end).toBeGreaterThan(start)
          expect(end).toBeLessThanOrEqual(text.length)
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual(1 + 1e-9)
          reached = end
        }
      }),
    )
  })

  test('weights that are not those of meta.json are refused', () => {
    const read = (name: string): Buffer => readFileSync(join(SPANISH_WEIGHTS, name))
    const damaged = read('crf.bin')
    damaged[100] = (damaged[100] ?? 0) ^ 1
    const broken = createSpanishTagger({ meta: read('meta.json'), weights: () => damaged })
    expect(() => broken.tag(NOTE)).toThrow(expect.objectContaining({ code: 'detector.unavailable' }))
    const meta = new TextEncoder().encode('{}')
    expect(() => createSpanishTagger({ meta, weights: () => damaged })).toThrow(
      expect.objectContaining({ code: 'detector.unavailable' }),
    )
  })
})
