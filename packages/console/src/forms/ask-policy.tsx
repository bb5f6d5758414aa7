import type { PolicyExplainInput } from '@breakwater/contract'
import {
  ACTIONS,
  DATA_CLASSES,
  EMERGENCY_PURPOSE,
  ENVIRONMENTS,
  PURPOSES,
  RESOURCE_KINDS,
  ROLES,
} from '@breakwater/contract'
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { Sheet } from '../ui/sheet.tsx'
import { toWords } from '../ui/words.ts'
import { readChoice, readList, readText } from './read-form.ts'

const STATED_PURPOSES = [...PURPOSES, EMERGENCY_PURPOSE] as const
const KINDS = ['human', 'service'] as const

interface AskPolicyProps {
  readonly isBusy: boolean
  readonly onAsk: (question: PolicyExplainInput) => void
}

/** A question to the policies: who, for what, doing what, with which data. */
export function AskPolicy({ isBusy, onAsk }: AskPolicyProps): React.JSX.Element {
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    onAsk(readQuestion(new FormData(event.currentTarget)))
  }
  return (
    <Sheet title="A question">
      <form className="bw-stack" onSubmit={submit}>
        <div className="bw-fields">
          <NativeSelect name="role" label="Role" data={options(ROLES)} />
          <NativeSelect name="kind" label="Person or service" data={options(KINDS)} />
          <TextInput name="id" label="Or a principal" placeholder="its id, as it stands" maxLength={63} />
          <NativeSelect name="action" label="Action" data={options(ACTIONS)} />
          <NativeSelect name="purpose" label="Purpose of use" data={optional(STATED_PURPOSES)} />
          <NativeSelect name="dataClass" label="Data class" data={optional(DATA_CLASSES)} />
          <NativeSelect name="resource" label="Acted on" data={optional(RESOURCE_KINDS)} />
          <NativeSelect name="environment" label="Environment" data={optional(ENVIRONMENTS, 'this one')} />
          <TextInput name="fields" label="Fields" placeholder="name, birth_date" />
        </div>
        <div className="bw-actions bw-checks">
          <Checkbox name="isMfa" label="More than one factor" defaultChecked />
          <Checkbox name="isRecentlyAuthenticated" label="Shown a moment ago" />
          <Checkbox name="isBreakGlass" label="Glass broken" />
        </div>
        <Button type="submit" disabled={isBusy}>
          Explain
        </Button>
      </form>
    </Sheet>
  )
}

function readQuestion(form: FormData): PolicyExplainInput {
  const id = readText(form, 'id')
  const fields = readList(form, 'fields')
  const chosen = {
    purpose: readChoice(form, 'purpose', STATED_PURPOSES),
    dataClass: readChoice(form, 'dataClass', DATA_CLASSES),
    resource: readChoice(form, 'resource', RESOURCE_KINDS),
    environment: readChoice(form, 'environment', ENVIRONMENTS),
    fields: fields.length === 0 ? undefined : fields,
  }
  return {
    ...(id === '' ? { principal: readSomebody(form) } : { id }),
    action: readChoice(form, 'action', ACTIONS) ?? ACTIONS[0],
    ...withoutUnset(chosen),
    isMfa: form.has('isMfa'),
    isRecentlyAuthenticated: form.has('isRecentlyAuthenticated'),
    isBreakGlass: form.has('isBreakGlass'),
  }
}

function readSomebody(form: FormData): NonNullable<PolicyExplainInput['principal']> {
  const role = readChoice(form, 'role', ROLES)
  return { kind: readChoice(form, 'kind', KINDS) ?? 'human', roles: role === undefined ? [] : [role] }
}

type Set<Chosen> = { [Name in keyof Chosen]?: Exclude<Chosen[Name], undefined> }

function withoutUnset<Chosen extends object>(chosen: Chosen): Set<Chosen> {
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined)) as Set<Chosen>
}

interface Option {
  readonly value: string
  readonly label: string
}

function options(values: readonly string[]): Option[] {
  return values.map((value) => ({ value, label: toWords(value) }))
}

function optional(values: readonly string[], none = 'not stated'): Option[] {
  return [{ value: '', label: none }, ...options(values)]
}
