import type { Attributes, Span, Tracer } from '@opentelemetry/api'
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api'
import {
  ATTR_GEN_AI_OPERATION_NAME,
  ATTR_GEN_AI_PROVIDER_NAME,
  ATTR_GEN_AI_REQUEST_MODEL,
  ATTR_GEN_AI_REQUEST_STREAM,
  ATTR_GEN_AI_TOKEN_TYPE,
  ATTR_GEN_AI_USAGE_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_OUTPUT_TOKENS,
} from '@opentelemetry/semantic-conventions/incubating'
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions'
import type { Instruments } from './instruments.ts'
import type { CrossingEnd, CrossingTrace, Telemetry } from './types.ts'

/** The conventions' name for what an endpoint does. */
const OPERATIONS: Readonly<Record<string, string>> = {
  'chat.completions': 'chat',
  responses: 'chat',
  'anthropic.messages': 'chat',
  completions: 'text_completion',
  embeddings: 'embeddings',
  mcp: 'execute_tool',
}
/** The conventions' names of providers, by kind of row. */
const PROVIDERS: Readonly<Record<string, string>> = {
  'azure-openai': 'azure.ai.openai',
  bedrock: 'aws.bedrock',
  vertex: 'gcp.vertex_ai',
}
/** Version, trace, parent, flags (W3C Trace Context 3.2). Its state is a free text and is not taken. */
const TRACEPARENT = /^00-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})$/
const MS = 1_000

/** Spans and measurements of one crossing: a span for the whole, one below it for each stage. */
export function beginTrace(
  tracer: Tracer,
  instruments: Instruments,
  { endpoint, act, traceparent }: Parameters<Telemetry['beginCrossing']>[0],
): CrossingTrace {
  const startedMs = performance.now()
  const operation = OPERATIONS[endpoint] ?? endpoint
  const span = tracer.startSpan(
    `${act} ${endpoint}`,
    {
      kind: SpanKind.SERVER,
      attributes: { [ATTR_GEN_AI_OPERATION_NAME]: operation, 'breakwater.endpoint': endpoint, 'breakwater.act': act },
    },
    readParent(traceparent),
  )
  const below = trace.setSpan(ROOT_CONTEXT, span)
  let stage: { readonly name: string; readonly span: Span; readonly startedMs: number } | undefined
  let isEnded = false

  function endStage(): void {
    if (!stage) return
    stage.span.end()
    instruments.stageDuration.record((performance.now() - stage.startedMs) / MS, { 'breakwater.stage': stage.name })
    stage = undefined
  }

  return {
    stage(name) {
      endStage()
      stage = { name, span: tracer.startSpan(name, {}, below), startedMs: performance.now() }
    },
    firstPiece() {
      instruments.firstPiece.record((performance.now() - startedMs) / MS, { 'breakwater.endpoint': endpoint })
    },
    end(end) {
      if (isEnded) return
      isEnded = true
      endStage()
      const attributes: Attributes = { [ATTR_GEN_AI_OPERATION_NAME]: operation, ...describe(end) }
      span.setAttributes({ ...attributes, ...describeSpan(end) })
      if (end.code !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
      measure(instruments, attributes, (performance.now() - startedMs) / MS, end)
      instruments.crossings.add(1, {
        'breakwater.endpoint': endpoint,
        'breakwater.act': act,
        'breakwater.code': end.code ?? 'ok',
      })
    },
  }
}

function readParent(traceparent: string | undefined): typeof ROOT_CONTEXT {
  const { traceId, spanId, flags } = TRACEPARENT.exec(traceparent ?? '')?.groups ?? {}
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return ROOT_CONTEXT
  const isSampled = (Number.parseInt(flags ?? '0', 16) & TraceFlags.SAMPLED) !== 0
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE
  return trace.setSpanContext(context.active(), { traceId, spanId, traceFlags, isRemote: true })
}

function describe({ providerKind, model, code }: CrossingEnd): Attributes {
  return {
    ...(providerKind !== undefined && { [ATTR_GEN_AI_PROVIDER_NAME]: PROVIDERS[providerKind] ?? providerKind }),
    ...(model !== undefined && { [ATTR_GEN_AI_REQUEST_MODEL]: model }),
    ...(code !== undefined && { [ATTR_ERROR_TYPE]: code }),
  }
}

function describeSpan({ tenant, provider, purpose, isStream, usage }: CrossingEnd): Attributes {
  return {
    ...(tenant !== undefined && { 'breakwater.tenant': tenant }),
    ...(provider !== undefined && { 'breakwater.provider': provider }),
    ...(purpose !== undefined && { 'breakwater.purpose': purpose }),
    ...(isStream !== undefined && { [ATTR_GEN_AI_REQUEST_STREAM]: isStream }),
    ...(usage && {
      [ATTR_GEN_AI_USAGE_INPUT_TOKENS]: usage.inputTokens,
      [ATTR_GEN_AI_USAGE_OUTPUT_TOKENS]: usage.outputTokens,
    }),
  }
}

function measure(instruments: Instruments, attributes: Attributes, durationSeconds: number, end: CrossingEnd): void {
  instruments.operationDuration.record(durationSeconds, attributes)
  if (end.usage) {
    instruments.tokenUsage.record(end.usage.inputTokens, { ...attributes, [ATTR_GEN_AI_TOKEN_TYPE]: 'input' })
    instruments.tokenUsage.record(end.usage.outputTokens, { ...attributes, [ATTR_GEN_AI_TOKEN_TYPE]: 'output' })
  }
  for (const [name, count] of Object.entries(end.masked ?? {})) {
    instruments.masked.add(count, { 'breakwater.class': name })
  }
}
