import type { TestSpecification } from 'vitest/node'
import { BaseSequencer } from 'vitest/node'

/** Tests that take half a minute and more, most of it waiting. Last of all, they would hold up the end of a run alone. */
const LONG = ['tests/kills/', 'tests/console/', 'tests/processes/', 'tests/sinks/', 'tests/upgrade/']

/** Long files first, the others in the order that vitest gives them: by size on a first run. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const rank = LONG.findIndex((folder) => moduleId.includes(`/${folder}`))
      return rank === -1 ? LONG.length : rank
    }
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b))
  }
}
