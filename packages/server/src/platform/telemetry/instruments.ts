import type { Meter } from '@opentelemetry/api'
import {
  METRIC_GEN_AI_CLIENT_OPERATION_DURATION,
  METRIC_GEN_AI_CLIENT_TOKEN_USAGE,
} from '@opentelemetry/semantic-conventions/incubating'
import { METRIC_HTTP_SERVER_REQUEST_DURATION } from '@opentelemetry/semantic-conventions'

type Instruments = ReturnType<typeof createInstruments>

export type { Instruments }

// The buckets that the conventions advise, in seconds.
const OPERATION_SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const STAGE_SECONDS = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30]
const TOKENS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576]

function seconds(boundaries: readonly number[]): { unit: string; advice: { explicitBucketBoundaries: number[] } } {
  return { unit: 's', advice: { explicitBucketBoundaries: [...boundaries] } }
}

/** What is counted, by the names of OpenTelemetry's conventions where they have one. */
export function createInstruments(meter: Meter) {
  return {
    operationDuration: meter.createHistogram(METRIC_GEN_AI_CLIENT_OPERATION_DURATION, {
      description: 'From the arrival of a request to the last byte of its answer',
      ...seconds(OPERATION_SECONDS),
    }),
    tokenUsage: meter.createHistogram(METRIC_GEN_AI_CLIENT_TOKEN_USAGE, {
      description: 'Tokens that a provider says it read and wrote',
      unit: '{token}',
      advice: { explicitBucketBoundaries: [...TOKENS] },
    }),
    requestDuration: meter.createHistogram(METRIC_HTTP_SERVER_REQUEST_DURATION, {
      description: 'Requests by declared route',
      ...seconds(REQUEST_SECONDS),
    }),
    stageDuration: meter.createHistogram('breakwater.stage.duration', {
      description: 'What each stage of a crossing took',
      ...seconds(STAGE_SECONDS),
    }),
    firstPiece: meter.createHistogram('breakwater.stream.first_piece', {
      description: 'From the arrival of a request to the first piece of a streamed answer',
      ...seconds(OPERATION_SECONDS),
    }),
    crossings: meter.createCounter('breakwater.crossings', {
      description: 'Crossings by how they ended: answered, or the code of the refusal',
    }),
    masked: meter.createCounter('breakwater.masked', { description: 'Identifiers masked, by class' }),
  }
}
