import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useAct, useSteppingUp } from '../api/use-act.ts'
import { useRead } from '../api/use-read.ts'
import { useSession } from '../session/session.ts'
import { addPasskey } from '../session/sign-in.ts'
import { ActButton } from '../ui/act-button.tsx'
import { describeBrowser } from '../ui/browser.ts'
import { Facts } from '../ui/facts.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Moment } from '../ui/moment.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Tag } from '../ui/tag.tsx'

/** The passkeys of a local account; people of an identity provider have theirs there. */
export function Passkeys(): React.JSX.Element | undefined {
  const { stepUpMethods } = useSession()
  const isLocal = stepUpMethods.includes('passkey') || stepUpMethods.includes('totp')
  const passkeys = useRead('listPasskeys', undefined, { isEnabled: isLocal })
  const revoke = useAct('revokePasskey')
  const removeTotp = useAct('removeTotp')
  const steppingUp = useSteppingUp()
  const queryClient = useQueryClient()
  const add = useMutation({
    mutationFn: async () => steppingUp(async () => addPasskey(describeBrowser(navigator.userAgent))),
    onSettled: async () => queryClient.invalidateQueries(),
  })
  if (!isLocal) return undefined
  const error = revoke.error ?? removeTotp.error ?? add.error
  return (
    <Sheet title="Passkeys">
      {error && <Problem error={error} />}
      <Loaded of={passkeys}>
        {({ passkeys: all }) => (
          <ul className="bw-list">
            {all.map(({ id, label, isBackedUp, createdAt, lastUsedAt }) => (
              <li key={id} className="bw-row">
                <div>
                  <strong>{label}</strong> {isBackedUp && <Tag>Synchronised</Tag>}
                  <Facts
                    of={{ Made: <Moment at={createdAt} />, 'Last used': lastUsedAt && <Moment at={lastUsedAt} /> }}
                  />
                </div>
                {all.length > 1 && (
                  <ActButton
                    about={label}
                    confirm="It logs you in no more."
                    isBusy={revoke.isPending}
                    onAct={() => revoke.mutate({ parameters: { id } })}
                  >
                    Revoke
                  </ActButton>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <ActButton about="of this device" isBusy={add.isPending} onAct={() => add.mutate()}>
        Add a passkey
      </ActButton>
      {stepUpMethods.includes('totp') && stepUpMethods.includes('passkey') && (
        <ActButton
          about="and the codes of your app"
          confirm="They log you in no more."
          isBusy={removeTotp.isPending}
          onAct={() => removeTotp.mutate({})}
        >
          Remove the password
        </ActButton>
      )}
    </Sheet>
  )
}
