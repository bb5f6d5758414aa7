import type { Meter, ObservableGauge } from '@opentelemetry/api'

const MICROSECONDS = 1e6

/** What operators look for of every program, by the names that Prometheus' client libraries gave it; read when asked for. */
export function observeProcess(meter: Meter): void {
  const bytes = (name: string, description: string): ObservableGauge =>
    meter.createObservableGauge(name, { description, unit: 'By' })
  const resident = bytes('process_resident_memory_bytes', 'Resident memory of this process')
  const heapTotal = bytes('nodejs_heap_size_total_bytes', 'Heap that V8 holds for the main thread')
  const heapUsed = bytes('nodejs_heap_size_used_bytes', 'Of it, what is in use, garbage included')
  const external = bytes('nodejs_external_memory_bytes', 'What objects of the heap hold outside it')
  const cpu = meter.createObservableCounter('process_cpu_seconds', {
    description: 'Processor time of this process, user and system',
    unit: 's',
  })
  meter.addBatchObservableCallback(
    (result) => {
      const memory = process.memoryUsage()
      const { user, system } = process.cpuUsage()
      result.observe(resident, memory.rss)
      result.observe(heapTotal, memory.heapTotal)
      result.observe(heapUsed, memory.heapUsed)
      result.observe(external, memory.external)
      result.observe(cpu, (user + system) / MICROSECONDS)
    },
    [resident, heapTotal, heapUsed, external, cpu],
  )
}
