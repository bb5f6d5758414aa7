import { AppError } from '@breakwater/kernel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeTally, judgeWhole } from './detect-language.ts'
import { createLanguageChoice, detectLanguage, findSpanishAges, findSpanishDates, tallyLanguage } from './index.ts'
import { threadMs } from '../testing/thread-time.ts'

const ENGLISH = 'The patient was admitted to the hospital with chest pain and denies any history of diabetes.'
const SPANISH =
  'Paciente varon de 54 anos que acude al servicio de urgencias por dolor en el pecho desde hace dos dias.'
const OTHERS = {
  German: 'Der Patient wurde mit Schmerzen in der Brust in das Krankenhaus gebracht und ist nicht vorbelastet.',
  French: 'Le patient est venu pour une douleur dans la poitrine et ne prend pas de traitement avec des effets.',
  Portuguese:
    'O doente foi internado com dor no peito e não tem antecedentes; a morada dos familiares não é conhecida.',
  Italian: 'Il paziente è stato ricoverato per dolore al petto e non ha una storia di diabete nella famiglia.',
  Russian: 'Пациент поступил в больницу с болью в груди.',
  Chinese: '患者因胸痛入院治疗，既往没有糖尿病史，现病情稳定。',
}

describe('detectLanguage', () => {
  test('tells English and Spanish apart, with and without accents', () => {
    expect(detectLanguage(ENGLISH)).toBe('en')
    expect(detectLanguage(SPANISH)).toBe('es')
    expect(detectLanguage(SPANISH.replace('anos', 'años').replace('varon', 'varón'))).toBe('es')
  })

  test.each(Object.entries(OTHERS))('finds %s unsupported', (_, text) => {
    expect(detectLanguage(text)).toBe('unsupported')
  })

  test('leaves shorthand, numbers and short texts undetermined', () => {
    for (const text of ['', '120/80 98.6', 'Hx HTN, DM2, s/p CABG x3. BMP wnl.', 'Merci', 'Müller, Jürgen']) {
      expect(detectLanguage(text)).toBe('undetermined')
    }
  })

  test('foreign names and a foreign greeting leave an English text English', () => {
    expect(detectLanguage(`${ENGLISH} Contact: Zoë Çelik, Łukasz Dvořák; he says "grüß Gott".`)).toBe('en')
  })

  test('never throws, and letterless text is undetermined', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['en', 'es', 'unsupported', 'undetermined']).toContain(detectLanguage(text))
      }),
    )
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('0', '1', '7', '9', ' ', '.', ',', '/', '-', ':', '\n') }),
        (text) => {
          expect(detectLanguage(text)).toBe('undetermined')
        },
      ),
    )
  })

  test('one word of any length takes linear time', () => {
    const began = threadMs()
    detectLanguage('a'.repeat(1_000_000))
    expect(threadMs() - began).toBeLessThan(1000)
  })

  test('case, numbers between and repetition do not change the answer', () => {
    const texts = fc.constantFrom(ENGLISH, SPANISH, ...Object.values(OTHERS))
    fc.assert(
      fc.property(texts, fc.nat(), fc.integer({ min: 1, max: 4 }), (text, number, times) => {
        expect(detectLanguage(`${text} ${number}\n`.repeat(times).toUpperCase())).toBe(detectLanguage(text))
      }),
    )
  })
})

test('what was counted in texts apart tells of them what reading them together tells', () => {
  const piece = fc.oneof(
    fc.constantFrom(ENGLISH, SPANISH, ...Object.values(OTHERS), 'der und', 'nicht', '\u0301 a@b.c', 'x'.repeat(19_950)),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (texts) => {
      const tallies = texts.map(tallyLanguage)
      expect(tallies.map(judgeTally)).toEqual(texts.map(detectLanguage))
      expect(judgeWhole(texts, tallies)).toBe(detectLanguage(texts.join('\n')))
    }),
    { numRuns: 400 },
  )
})

describe('the choice of a language', () => {
  test('refuses a part in another language, and Spanish without its tagger', () => {
    for (const texts of [[ENGLISH, OTHERS.German], [SPANISH]]) {
      const refused = (): unknown => createLanguageChoice('auto', {})(texts)
      expect(refused).toThrow(AppError)
      expect(refused).toThrow(expect.objectContaining({ code: 'language.unsupported' }))
    }
  })

  test('a short part takes the language of the whole; told one, nothing is refused', () => {
    const es = { id: 'es', tag: () => [] }
    expect(createLanguageChoice(undefined, { es })([SPANISH, 'NHC 1234'])).toEqual(['es', 'es'])
    expect(createLanguageChoice(undefined, { es })([SPANISH, ENGLISH])).toEqual(['es', 'en'])
    expect(createLanguageChoice('en', { es })([OTHERS.German])).toEqual(['en'])
    expect(createLanguageChoice(undefined, undefined)([OTHERS.German])).toEqual(['en'])
  })
})

test('ages in Spanish words are found whole', () => {
  const text = 'de noventa y tres anos, ciento dos anos de edad, veintidos anos; diez dias, anos despues'
  expect(findSpanishAges(text).map(({ start, end }) => text.slice(start, end))).toEqual([
    'noventa y tres anos',
    'ciento dos anos de edad',
    'veintidos anos',
  ])
})

test('dates with Spanish months are found, a month by itself is not (DI-01)', () => {
  const text = 'Ingresa el 12 de marzo de 2015, alta 3-ene-2016; en abril de 2017 revision. Mar en calma, mayo.'
  expect(findSpanishDates(text).map(({ start, end }) => text.slice(start, end))).toEqual([
    '12 de marzo de 2015',
    '3-ene-2016',
    'abril de 2017',
  ])
})
