import type { TotpShown } from '@breakwater/contract'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'

interface TotpFormProps {
  /** What the button does. */
  readonly label: string
  readonly isBusy?: boolean
  readonly onShow: (shown: TotpShown) => void
}

/** The lesser factor of a local account: the password that the server made, and the code of now. */
export function TotpForm({ label, isBusy = false, onShow }: TotpFormProps): React.JSX.Element {
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    onShow({ password: password.trim(), code })
    // A code is taken once, so the next try needs the next one.
    setCode('')
  }
  return (
    <form className="bw-stack" onSubmit={submit}>
      <PasswordInput
        label="Password"
        autoComplete="current-password"
        value={password}
        required
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <CodeInput value={code} onChange={setCode} />
      <Button type="submit" variant="default" disabled={isBusy}>
        {label}
      </Button>
    </form>
  )
}

interface CodeInputProps {
  readonly value: string
  readonly onChange: (code: string) => void
}

export function CodeInput({ value, onChange }: CodeInputProps): React.JSX.Element {
  return (
    <TextInput
      label="Code of your app"
      autoComplete="one-time-code"
      inputMode="numeric"
      pattern="[0-9]{6}"
      maxLength={6}
      value={value}
      required
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
