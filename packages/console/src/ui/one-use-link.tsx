import type { IssuedInvitation } from '@breakwater/contract'
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Due } from './moment.tsx'

/** A link that is shown once: whoever has it enrols, so it goes to that person and to nobody else. */
export function OneUseLink({ link: { url, expiresAt } }: { readonly link: IssuedInvitation }): React.JSX.Element {
  const [isCopied, setCopied] = useState(false)
  const copy = (): void => {
    navigator.clipboard.writeText(url).then(
      () => setCopied(true),
      // Not permitted here: the text can be marked and copied by hand.
      () => setCopied(false),
    )
  }
  return (
    <div className="bw-banner bw-stack" data-tone="good" role="status">
      <p>
        Give this link to that person, by a way that nobody else reads. It works once and ends <Due at={expiresAt} />.
        It is not shown again.
      </p>
      <TextInput label="One-use link" value={url} readOnly onFocus={(event) => event.currentTarget.select()} />
      <Button size="compact-sm" variant="default" onClick={copy}>
        {isCopied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  )
}
