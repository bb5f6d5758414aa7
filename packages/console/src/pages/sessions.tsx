import type { SessionRecord } from '@breakwater/contract'
import { useAct } from '../api/use-act.ts'
import { useRead } from '../api/use-read.ts'
import { Passkeys } from '../forms/passkeys.tsx'
import { useSession } from '../session/session.ts'
import { ActButton } from '../ui/act-button.tsx'
import { describeBrowser } from '../ui/browser.ts'
import { Facts } from '../ui/facts.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Due, Moment } from '../ui/moment.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Tag } from '../ui/tag.tsx'

export function SessionsPage(): React.JSX.Element {
  const { permits } = useSession()
  return (
    <Page
      title="Sessions"
      lead="Where you are logged in, and with which passkeys. A session that you do not know: end it."
    >
      <OwnSessions />
      <Passkeys />
      {permits('manageSessions') && <AllSessions />}
    </Page>
  )
}

function OwnSessions(): React.JSX.Element {
  const sessions = useRead('listOwnSessions')
  const end = useAct('endOwnSession')
  const endOthers = useAct('endOtherSessions')
  const error = end.error ?? endOthers.error
  return (
    <Sheet title="Yours">
      {error && <Problem error={error} />}
      <Loaded of={sessions}>
        {({ sessions: own }) => (
          <>
            <ul className="bw-list">
              {own.map((session) => (
                <SessionRow
                  key={session.id}
                  session={session}
                  isBusy={end.isPending}
                  onEnd={() => end.mutate({ parameters: { id: session.id } })}
                />
              ))}
            </ul>
            {own.length > 1 && (
              <ActButton
                about="all of yours but this one"
                isBusy={endOthers.isPending}
                onAct={() => endOthers.mutate({})}
              >
                End the others
              </ActButton>
            )}
          </>
        )}
      </Loaded>
    </Sheet>
  )
}

function AllSessions(): React.JSX.Element {
  const { nameOf } = useSession()
  const sessions = useRead('listSessions')
  const revoke = useAct('revokeSession')
  return (
    <Sheet title="Everybody's">
      {revoke.error && <Problem error={revoke.error} />}
      <Loaded of={sessions}>
        {({ sessions: all }) => (
          <ul className="bw-list">
            {all.map((session) => (
              <SessionRow
                key={session.id}
                session={session}
                who={nameOf(session.principal)}
                isBusy={revoke.isPending}
                onEnd={() => revoke.mutate({ parameters: { id: session.id } })}
              />
            ))}
          </ul>
        )}
      </Loaded>
    </Sheet>
  )
}

interface SessionRowProps {
  readonly session: SessionRecord
  readonly who?: string
  readonly isBusy: boolean
  readonly onEnd: () => void
}

function SessionRow({ session, who, isBusy, onEnd }: SessionRowProps): React.JSX.Element {
  const browser = describeBrowser(session.userAgent)
  return (
    <li className="bw-row">
      <div>
        <strong>{who ?? browser}</strong> {session.isCurrent && <Tag>This one</Tag>}{' '}
        {session.isFlagged && <Tag tone="warn">Two places at once</Tag>}
        <Facts
          of={{
            Browser: who === undefined ? undefined : browser,
            From: session.address,
            'Logged in': (
              <>
                <Moment at={session.startedAt} /> by {METHODS[session.method]}
              </>
            ),
            'Last used': <Moment at={session.lastSeenAt} />,
            Ends: <Due at={session.endsAt} />,
          }}
        />
      </div>
      {!session.isCurrent && (
        <ActButton about={`${who ?? 'you'} on ${browser} at ${session.address}`} isBusy={isBusy} onAct={onEnd}>
          {who === undefined ? 'End' : 'Revoke'}
        </ActButton>
      )}
    </li>
  )
}

const METHODS: Readonly<Record<SessionRecord['method'], string>> = {
  oidc: 'identity provider',
  passkey: 'passkey',
  totp: 'one-time code',
  device: 'device code',
}
