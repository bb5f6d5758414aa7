/** Processor time of this thread so far, in milliseconds: what a test may bound, whatever else the machine does. */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
