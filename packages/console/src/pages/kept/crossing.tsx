import type { HistoryRecord, KeptRuleRecord } from '@breakwater/contract'
import { useEffect } from 'react'
import { useAct } from '../../api/use-act.ts'
import { useAsk } from '../../api/use-ask.ts'
import { AddSample } from '../../forms/add-sample.tsx'
import { useSession } from '../../session/session.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Loading } from '../../ui/loaded.tsx'
import { Problem } from '../../ui/problem.tsx'

interface CrossingProps {
  readonly of: HistoryRecord
  readonly purpose: KeptRuleRecord['purpose']
}

/** Request and answer of one crossing: masked, and with its values only when somebody asks for them on purpose. */
export function Crossing({ of: { crossing, hasRestored, keptAt }, purpose }: CrossingProps): React.JSX.Element {
  const masked = useAsk('readHistory')
  const restored = useAsk('readHistory')
  const add = useAct('addSample')
  const { permits } = useSession()
  const { mutate } = masked
  useEffect(() => {
    mutate({ parameters: { id: crossing }, query: { purpose } })
  }, [mutate, crossing, purpose])
  const texts = restored.data ?? masked.data
  const error = restored.error ?? masked.error
  if (!texts) return error ? <Problem error={error} /> : <Loading />
  return (
    <div className="bw-stack" role="region" aria-label={`The crossing of ${keptAt}`}>
      {error && <Problem error={error} />}
      {texts.form === 'restored' && (
        <div className="bw-banner" data-tone="stop" role="status">
          This is how the caller sent it: it identifies a patient. It leaves the screen with this page.
        </div>
      )}
      <Text title="Request" text={texts.request} />
      <Text title="Answer" text={texts.answer} />
      <div className="bw-actions">
        {texts.form === 'restored' ? (
          <ActButton about="the crossing" onAct={() => restored.reset()}>
            Back to the masked form
          </ActButton>
        ) : (
          hasRestored && (
            <ActButton
              about="of the crossing"
              confirm="Values of a patient are shown, and that you saw them is in the ledger."
              isBusy={restored.isPending}
              onAct={() => restored.mutate({ parameters: { id: crossing }, query: { purpose, form: 'restored' } })}
            >
              Show the masked values
            </ActButton>
          )
        )}
      </div>
      {permits('curateEvaluation') && (
        <AddSample
          isBusy={add.isPending}
          isDone={add.isSuccess}
          error={add.error}
          onAdd={(id) => add.mutate({ parameters: { id }, body: { crossing } })}
        />
      )}
    </div>
  )
}

function Text({ title, text }: { readonly title: string; readonly text: string }): React.JSX.Element {
  return (
    <figure className="bw-text">
      <figcaption>{title}</figcaption>
      <pre tabIndex={0}>{layOut(text)}</pre>
    </figure>
  )
}

/** JSON with line breaks; what is none, such as the events of a stream, as it is. */
function layOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
