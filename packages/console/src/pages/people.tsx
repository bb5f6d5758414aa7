import type { PersonRecord } from '@breakwater/contract'
import { useAct } from '../api/use-act.ts'
import { useRead } from '../api/use-read.ts'
import { Invite } from '../forms/invite.tsx'
import { useSession } from '../session/session.ts'
import { ActButton } from '../ui/act-button.tsx'
import { Facts } from '../ui/facts.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Due } from '../ui/moment.tsx'
import { OneUseLink } from '../ui/one-use-link.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Tag } from '../ui/tag.tsx'
import { toWords } from '../ui/words.ts'

/** Everybody who logs in, and links for those who administer and oversee: 45 CFR 164.312(a)(2)(i). */
export function PeoplePage(): React.JSX.Element {
  const people = useRead('listPeople')
  const reinvite = useAct('reinvitePerson')
  const unlock = useAct('unlockPerson')
  const error = reinvite.error ?? unlock.error
  const isBusy = reinvite.isPending || unlock.isPending
  return (
    <Page title="People" lead="Who logs in. Local accounts are for those who administer and oversee.">
      <Invite />
      <Sheet title="Everybody">
        {error && <Problem error={error} />}
        {reinvite.data && <OneUseLink link={reinvite.data} />}
        <Loaded of={people}>
          {({ people: all }) => (
            <ul className="bw-list">
              {all.map((person) => (
                <li key={person.id} className="bw-row">
                  <Person person={person} />
                  <div className="bw-actions">
                    {person.lockedUntil !== null && (
                      <ActButton
                        about={person.name}
                        isBusy={isBusy}
                        onAct={() => unlock.mutate({ parameters: { id: person.id } })}
                      >
                        Unlock
                      </ActButton>
                    )}
                    <Reinvite
                      person={person}
                      isBusy={isBusy}
                      onAct={() => reinvite.mutate({ parameters: { id: person.id } })}
                    />
                  </div>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      </Sheet>
    </Page>
  )
}

interface ReinviteProps {
  readonly person: PersonRecord
  readonly isBusy: boolean
  readonly onAct: () => void
}

/** For somebody who lost every passkey. */
function Reinvite({ person, isBusy, onAct }: ReinviteProps): React.JSX.Element | undefined {
  const { person: own } = useSession()
  if (person.source !== 'local' || person.isDisabled || person.id === own.id) return undefined
  return (
    <ActButton
      about={person.name}
      confirm="When it is used, the passkeys of before and all sessions end."
      isBusy={isBusy}
      onAct={onAct}
    >
      New link
    </ActButton>
  )
}

function Person({ person }: { readonly person: PersonRecord }): React.JSX.Element {
  const { name, roles, source, identityProvider, passkeys, hasTotp, isDisabled, lockedUntil } = person
  return (
    <div>
      <strong>{name}</strong> {isDisabled && <Tag tone="stop">Disabled</Tag>}{' '}
      {lockedUntil !== null && <Tag tone="warn">Locked</Tag>}
      <Facts
        of={{
          Roles: roles.map(toWords).join(', '),
          'Logs in by': source === 'local' ? describeFactors(passkeys, hasTotp) : (identityProvider ?? 'nothing'),
          'Locked until': lockedUntil !== null && <Due at={lockedUntil} />,
        }}
      />
    </div>
  )
}

function describeFactors(passkeys: number, hasTotp: boolean): string {
  const factors = [
    ...(passkeys > 0 ? [`${passkeys} ${passkeys === 1 ? 'passkey' : 'passkeys'}`] : []),
    ...(hasTotp ? ['a password and codes'] : []),
  ]
  return factors.length === 0 ? 'nothing yet' : factors.join(', ')
}
