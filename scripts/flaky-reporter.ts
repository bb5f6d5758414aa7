import type { Reporter, TestModule } from 'vitest/node'

/** Names, at the end of a run, the tests that passed on their second try only: each is a defect of the test or of what it tests. */
export class FlakyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const flaky = modules.flatMap((module) =>
      [...module.children.allTests('passed')]
        .filter((test) => test.diagnostic()?.flaky === true)
        .map((test) => `  ${module.relativeModuleId} > ${test.fullName}`),
    )
    if (flaky.length === 0) return
    process.stdout.write(`\nPassed on the second try only (${flaky.length}); find out why:\n${flaky.join('\n')}\n`)
  }
}
