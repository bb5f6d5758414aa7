import { useRead } from '../api/use-read.ts'
import { useSession } from '../session/session.ts'
import { Loaded } from '../ui/loaded.tsx'
import { Page } from '../ui/page.tsx'
import { Evaluations } from './kept/evaluations.tsx'
import { Feedback } from './kept/feedback.tsx'
import { History } from './kept/history.tsx'
import { KeptRules } from './kept/rules.tsx'

/** What is kept of crossings: nothing by default, and each reading of it is recorded. */
export function KeptPage(): React.JSX.Element {
  const { permits } = useSession()
  const knowsRules = permits('readConfiguration')
  const rules = useRead('listKeptRules', undefined, { isEnabled: knowsRules })
  return (
    <Page
      title="Kept"
      lead="Nothing of what crosses is kept, unless it is switched on here: for one purpose, for a time, with a reason."
    >
      {knowsRules && (
        <Loaded of={rules}>
          {({ rules: all }) => (
            <>
              <KeptRules rules={all} />
              {permits('readKept') && <History rule={all.find(({ kind }) => kind === 'history')} />}
              {permits('readKept') && <Feedback rule={all.find(({ kind }) => kind === 'feedback')} />}
            </>
          )}
        </Loaded>
      )}
      {permits('exportEvaluation') && (
        <Evaluations rule={rules.data?.rules.find(({ kind }) => kind === 'evaluation')} />
      )}
    </Page>
  )
}
