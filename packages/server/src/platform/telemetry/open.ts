import { createServer } from 'node:http'
import { once } from 'node:events'
import { AppError } from '@breakwater/kernel'
import type { Tracer } from '@opentelemetry/api'
import { ProxyTracerProvider } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { MetricReader } from '@opentelemetry/sdk-metrics'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
} from '@opentelemetry/semantic-conventions'
import { beginTrace } from './crossing-trace.ts'
import { createInstruments } from './instruments.ts'
import { observeProcess } from './process-metrics.ts'
import { NO_TELEMETRY } from './types.ts'
import type { Telemetry } from './types.ts'

export interface TelemetryOptions {
  /** Base of an OTLP collector over HTTP, e.g. `http://127.0.0.1:4318`: gets traces and metrics. */
  readonly otlpUrl?: string | undefined
  /** Port on loopback that serves `GET /metrics` for Prometheus; 0 picks one. */
  readonly metricsPort?: number | undefined
  /** Share of crossings that are traced, 0 to 1, unless the caller's own trace decides. */
  readonly traceRatio: number
  readonly version: string
}

export interface OpenTelemetry extends Telemetry {
  /** Of the metrics, when they are served. */
  readonly metricsPort?: number
}

const NAME = 'breakwater'
const LOOPBACK = '127.0.0.1'
const MS = 1_000

/**
 * OpenTelemetry with the conventions for generative AI, and no content: names of endpoints, stages, providers, models and
 * codes, counts and times. Sends nothing and listens nowhere unless told to. Throws `config.invalid` for a port that
 * cannot be had.
 */
export async function openTelemetry(options: TelemetryOptions): Promise<OpenTelemetry> {
  const { otlpUrl, metricsPort, version, traceRatio } = options
  if (otlpUrl === undefined && metricsPort === undefined) return NO_TELEMETRY
  const resource = resourceFromAttributes({ [ATTR_SERVICE_NAME]: NAME, [ATTR_SERVICE_VERSION]: version })
  const base = otlpUrl?.replace(/\/+$/, '')
  const readers: MetricReader[] = []
  if (base !== undefined) {
    const exporter = new OTLPMetricExporter({ url: `${base}/v1/metrics` })
    readers.push(new PeriodicExportingMetricReader({ exporter }))
  }
  const prometheus = metricsPort === undefined ? undefined : new PrometheusExporter({ preventServerStart: true })
  if (prometheus) readers.push(prometheus)
  const meters = new MeterProvider({ resource, readers })
  const spans =
    base === undefined
      ? undefined
      : new TracerProvider({
          resource,
          sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(traceRatio) }),
          spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${base}/v1/traces` }) })],
        })
  const tracer: Tracer = (spans ?? new ProxyTracerProvider()).getTracer(NAME, version)
  const meter = meters.getMeter(NAME, version)
  const instruments = createInstruments(meter)
  observeProcess(meter)
  const server = prometheus && metricsPort !== undefined ? await serveMetrics(prometheus, metricsPort) : undefined

  return {
    ...(server && { metricsPort: server.port }),
    beginCrossing: (about) => beginTrace(tracer, instruments, about),
    countRequest({ method, route, status, durationMs }) {
      instruments.requestDuration.record(durationMs / MS, {
        [ATTR_HTTP_REQUEST_METHOD]: method,
        [ATTR_HTTP_ROUTE]: route,
        [ATTR_HTTP_RESPONSE_STATUS_CODE]: status,
      })
    },
    async close() {
      server?.close()
      // A collector that is away must not keep the program from ending.
      await Promise.allSettled([spans?.shutdown(), meters.shutdown()])
    },
  }
}

/** For a scraper on this machine: nothing else can reach it, so it needs no credential and no TLS. */
async function serveMetrics(prometheus: PrometheusExporter, port: number): Promise<{ port: number; close(): void }> {
  const server = createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/metrics') {
      prometheus.getMetricsRequestHandler(request, response)
      return
    }
    response.writeHead(404).end()
  })
  server.listen(port, LOOPBACK)
  await once(server, 'listening').catch((cause: unknown) => {
    throw new AppError('config.invalid', {
      message: 'BREAKWATER_METRICS_PORT: the port is taken or may not be used',
      cause,
    })
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
