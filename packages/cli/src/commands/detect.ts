import type { Command } from '../command.ts'
import {
  CLINICIANS_OPTION,
  LANGUAGE_OPTION,
  LEXICON_OPTION,
  loadEngine,
  PATIENT_OPTION,
  PROFILE_OPTION,
  RELEASE_YEAR_OPTION,
  readEngineFiles,
  readPatientFile,
  readProfile,
  readReading,
  THRESHOLDS_OPTION,
  RULES_ONLY_OPTION,
} from '../engine.ts'
import { atLine, parseDocument } from '../io/documents.ts'
import { readLines } from '../io/lines.ts'
import { createSink } from '../io/sink.ts'

/** Streams: memory holds one line and one batch, whatever the length of the input. */
export const detect: Command = {
  name: 'detect',
  summary: 'find what a profile would change: NDJSON in, NDJSON out',
  options: {
    profile: PROFILE_OPTION,
    'keep-clinicians': CLINICIANS_OPTION,
    patient: PATIENT_OPTION,
    language: LANGUAGE_OPTION,
    'release-year': RELEASE_YEAR_OPTION,
    lexicon: LEXICON_OPTION,
    thresholds: THRESHOLDS_OPTION,
    'rules-only': RULES_ONLY_OPTION,
  },
  notes: [
    'Reads lines {"id": ..., "text": "..."} from stdin and writes a line per document:',
    '{"id": ..., "spans": [{"start", "end", "class", "role", "score"}]}, with offsets in UTF-16 units.',
    'Stops at the first line it cannot read, and names it.',
  ],
  async run(given, { stdin, stdout }) {
    const profile = readProfile(given.required('profile'))
    const options = { ...readReading(given), ...(await readPatientFile(given.text('patient'))) }
    const engine = await loadEngine(readEngineFiles(given))
    const sink = createSink(stdout)
    try {
      for await (const lines of readLines(stdin)) {
        for (const line of lines) {
          const { id, text } = parseDocument(line)
          const [planned = []] = atLine(line, () => engine.plan([text], profile, options))
          const spans = planned.map(({ start, end, class: phiClass, role, score }) => ({
            start,
            end,
            class: phiClass,
            role,
            score,
          }))
          await sink.write(`${JSON.stringify({ id, spans })}\n`)
        }
        await sink.flush()
      }
    } finally {
      await sink.flush()
    }
  },
}
