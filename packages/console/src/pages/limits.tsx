import type { LimitRecord, LimitUsage } from '@breakwater/contract'
import { useAct } from '../api/use-act.ts'
import { useRead } from '../api/use-read.ts'
import { PutLimit } from '../forms/put-limit.tsx'
import { PutPrice } from '../forms/put-price.tsx'
import { useSession } from '../session/session.ts'
import { ActButton } from '../ui/act-button.tsx'
import { AlertList } from '../ui/alert-list.tsx'
import { Empty } from '../ui/empty.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Meter } from '../ui/meter.tsx'
import { Moment } from '../ui/moment.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { formatAmount, namePurpose } from '../ui/words.ts'

const USE_ALERTS = ['extraction-sweep', 'unusual-volume'] as const

/** How much may cross, on all replicas together, and who comes near to it. */
export function LimitsPage(): React.JSX.Element {
  const { permits } = useSession()
  const mayPut = permits('manageProviders')
  return (
    <Page title="Limits" lead="How much may cross, by principal, purpose and provider, on all replicas together.">
      {permits('approveAccess') && (
        <AlertList title="Unusual use" kinds={USE_ALERTS} none="Nobody asks unusually much or nearly the same again." />
      )}
      <InForce mayEnd={mayPut} />
      {mayPut && <PutLimit />}
      <Prices mayPut={mayPut} />
    </Page>
  )
}

function InForce({ mayEnd }: { readonly mayEnd: boolean }): React.JSX.Element {
  const limits = useRead('listLimits')
  const usage = useRead('listLimitUsage')
  const end = useAct('endLimit')
  return (
    <Sheet title="In force">
      {end.error && <Problem error={end.error} />}
      <Loaded of={limits}>
        {({ limits: all }) => {
          const current = all.filter(({ endedAt }) => endedAt === undefined)
          if (current.length === 0) return <Empty>No limit: as much may cross as agreements and policies permit.</Empty>
          return (
            <ul className="bw-list">
              {current.map((limit) => (
                <li key={limit.id} className="bw-stack">
                  <div className="bw-row">
                    <div>
                      <strong>{limit.id}</strong>
                      <div className="bw-dim">{describeLimit(limit)}</div>
                    </div>
                    {mayEnd && (
                      <ActButton
                        about={limit.id}
                        confirm="Nothing is counted against it any more."
                        isBusy={end.isPending}
                        onAct={() => end.mutate({ parameters: { id: limit.id } })}
                      >
                        Remove
                      </ActButton>
                    )}
                  </div>
                  <Loaded of={usage}>{({ usage: rows }) => <Usage limit={limit} usage={rows} />}</Loaded>
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
    </Sheet>
  )
}

const SHOWN = 8

interface UsageProps {
  readonly limit: LimitRecord
  readonly usage: readonly LimitUsage[]
}

/** Who has taken the most of it in this span. */
function Usage({ limit, usage }: UsageProps): React.JSX.Element {
  const { nameOf } = useSession()
  const rows = usage.filter((row) => row.limit === limit.id).toSorted((a, b) => b.taken - a.taken)
  if (rows.length === 0) return <Empty>Nothing is taken of it now.</Empty>
  const nameSubject = ({ principal, purpose, provider }: LimitUsage): string =>
    [principal && nameOf(principal), purpose && namePurpose(purpose), provider].filter(Boolean).join(', ') || 'All'
  return (
    <ul className="bw-usage">
      {rows.slice(0, SHOWN).map((row) => {
        const words = `${formatAmount(limit, row.taken)} of ${formatAmount(limit, row.amount)}`
        const endsAt = endOfSpan(limit, row)
        return (
          <li key={nameSubject(row)}>
            <span>{nameSubject(row)}</span>
            <Meter label={`${limit.id}: ${nameSubject(row)}`} value={row.taken} of={row.amount} words={words} />
            <span>
              {words}
              {endsAt !== undefined && (
                <span className="bw-dim">
                  {' '}
                  anew <Moment at={endsAt} />
                </span>
              )}
            </span>
          </li>
        )
      })}
      {rows.length > SHOWN && <li className="bw-dim">and {rows.length - SHOWN} that took less</li>}
    </ul>
  )
}

const SPAN_MS = { minute: 60_000, day: 86_400_000 } as const

/** When the count begins anew: spans are of the calendar, in UTC. */
function endOfSpan({ span }: LimitRecord, { since }: LimitUsage): string | undefined {
  if (span === undefined) return undefined
  const from = new Date(since)
  if (span === 'month') return new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1)).toISOString()
  return new Date(from.getTime() + SPAN_MS[span]).toISOString()
}

function describeLimit(limit: LimitRecord): string {
  const { metric, span, amount, principal, purpose, provider } = limit
  const what = `${formatAmount(limit, amount)}${metric === 'cost' ? '' : ` ${metric}`}`
  const when = span === undefined ? 'at a time' : `a ${span}`
  const whom = [
    principal === '*' ? 'each principal' : principal,
    purpose === '*' ? 'each purpose' : purpose && namePurpose(purpose),
    provider === '*' ? 'each provider' : provider,
  ].filter((part) => part !== undefined)
  return `${what} ${when}, for ${whom.length === 0 ? 'everybody together' : whom.join(', ')}`
}

function Prices({ mayPut }: { readonly mayPut: boolean }): React.JSX.Element {
  const prices = useRead('listPrices')
  return (
    <Sheet title="Prices">
      <p className="bw-dim">For limits of cost: a model without a price in their currency is refused under them.</p>
      <Loaded of={prices}>
        {({ prices: all }) => (
          <ul className="bw-list">
            {all.map(({ provider, model, currency, inputMicros, outputMicros }) => (
              <li key={`${provider} ${model} ${currency}`} className="bw-row">
                <strong>
                  {model} at {provider}
                </strong>
                <span>
                  {inputMicros / 1_000_000} {currency} in, {outputMicros / 1_000_000} {currency} out, a million tokens
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {mayPut && <PutPrice />}
    </Sheet>
  )
}
