import type { ProviderInput, ProviderKind, ProviderRecord } from '@breakwater/contract'
import { KIND_RULES, PROVIDER_KINDS } from '@breakwater/contract'
import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import type { ProviderChoices, SettingField } from './provider-settings.ts'
import { listSettings, needsKeyFile } from './provider-settings.ts'
import { readChoice, readList, readPairs, readText, writePairs } from './read-form.ts'

const KINDS = PROVIDER_KINDS.filter((kind) => kind !== 'demo')

interface PutProviderProps {
  /** What is changed; left out: a new one. */
  readonly of: ProviderRecord | undefined
  readonly onDone: () => void
}

/** Adds a provider, or puts the next version of one. Its kind decides what is asked for. */
export function PutProvider({ of: edited, onDone }: PutProviderProps): React.JSX.Element {
  const put = useAct('putProvider')
  const [formKey, setFormKey] = useState(0)
  const [choices, setChoices] = useState<ProviderChoices>(() => startChoices(edited))
  const [isInternal, setInternal] = useState(edited?.isInternal ?? false)
  const first = useRef<HTMLSelectElement>(null)
  useEffect(() => {
    if (edited) first.current?.focus()
  }, [edited])
  const rule = KIND_RULES[choices.kind]
  const isOwn = rule.isInternalOnly === true || isInternal
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const body = readProvider(form, choices, isOwn, edited)
    put.mutate(
      { parameters: { id: edited?.id ?? readText(form, 'id') }, body },
      {
        onSuccess: () => {
          setFormKey((key) => key + 1)
          onDone()
        },
      },
    )
  }
  const keyFile = needsKeyFile(choices)
  return (
    <Sheet title={edited ? `Change ${edited.id}` : 'Add a provider'}>
      {put.error && <Problem error={put.error} />}
      {put.data && !edited && (
        <div className="bw-banner" data-tone="good" role="status">
          {put.data.id} is recorded, version {put.data.version}. Nothing goes there before an agreement covers it.
        </div>
      )}
      <form key={formKey} className="bw-stack" onSubmit={submit}>
        <div className="bw-fields">
          {!edited && (
            <TextInput name="id" label="Id" description="As headers and logs name it." required maxLength={63} />
          )}
          <NativeSelect
            ref={first}
            name="kind"
            label="Kind"
            description="What is spoken there."
            value={choices.kind}
            data={KINDS}
            onChange={({ currentTarget: { value } }) => {
              const kind = KINDS.find((each) => each === value) ?? choices.kind
              setChoices({ kind, auth: KIND_RULES[kind].auths?.[0], credential: undefined })
            }}
          />
          {rule.baseUrl !== 'none' && (
            <TextInput
              name="baseUrl"
              label="Address"
              description={BASE_URLS[choices.kind] ?? 'Scheme, host, port and path.'}
              type="url"
              defaultValue={edited?.baseUrl ?? ''}
              required={rule.baseUrl === 'needed'}
            />
          )}
          {rule.auths && (
            <NativeSelect
              label="Signs in with"
              description="How this server shows who it is."
              value={choices.auth ?? ''}
              data={[...rule.auths]}
              onChange={({ currentTarget: { value } }) =>
                setChoices({ ...choices, auth: value, credential: value === 'entra' ? 'managed-identity' : undefined })
              }
            />
          )}
          {keyFile !== 'none' && (
            <TextInput
              name="apiKeyFile"
              label="File with the secret"
              description="Its name in the server’s secrets folder."
              defaultValue={edited?.apiKeyFile ?? ''}
              required={keyFile === 'needed'}
              maxLength={128}
            />
          )}
          {listSettings(choices).map((field) => (
            <Setting
              key={field.name}
              field={field}
              value={edited?.settings[field.name]}
              onChoose={
                field.name === 'credential' ? (credential) => setChoices({ ...choices, credential }) : undefined
              }
            />
          ))}
        </div>
        {keyFile !== 'none' && (
          <p className="bw-dim">
            A secret is never typed here: who runs the server puts it into a file there, and the row names the file.
          </p>
        )}
        {rule.isInternalOnly !== true && (
          <Checkbox
            label="It runs in our own network"
            checked={isInternal}
            onChange={(event) => setInternal(event.currentTarget.checked)}
          />
        )}
        <div className="bw-fields">
          {isOwn && (
            <TextInput
              name="allowedAddresses"
              label="Addresses"
              description="IP addresses or blocks, and no others."
              defaultValue={edited?.allowedAddresses.join(', ') ?? ''}
              required
            />
          )}
          <TextInput
            name="models"
            label="Models"
            description="As callers name them, with commas between."
            defaultValue={edited?.models.join(', ') ?? ''}
            required
          />
          <TextInput
            name="vendor"
            label="Vendor"
            description="If its address does not say."
            {...start(edited?.vendor)}
          />
          <TextInput
            name="service"
            label="Service"
            description="Of that vendor, as the registry names it."
            {...start(edited?.service)}
          />
          <TextInput
            name="region"
            label="Place"
            description="Where it is served, e.g. us-east-1."
            {...start(edited?.region)}
          />
        </div>
        <details open={Object.keys(edited?.upstreamModels ?? {}).length > 0}>
          <summary>Models that the provider calls otherwise</summary>
          <Textarea
            name="upstreamModels"
            label="Its own names"
            description="One a line: model=deployment."
            autosize={false}
            rows={3}
            defaultValue={writePairs(edited?.upstreamModels ?? {})}
          />
        </details>
        <div className="bw-actions">
          <Button type="submit" disabled={put.isPending}>
            {edited ? 'Record the next version' : 'Add'}
          </Button>
          {edited && (
            <Button variant="default" onClick={onDone}>
              Cancel
            </Button>
          )}
        </div>
      </form>
    </Sheet>
  )
}

interface SettingProps {
  readonly field: SettingField
  readonly value: string | readonly string[] | undefined
  readonly onChoose: ((value: string) => void) | undefined
}

function Setting({ field, value, onChoose }: SettingProps): React.JSX.Element {
  const { name, label, description, choices, isNeeded } = field
  const shown = typeof value === 'string' ? value : (value ?? []).join(', ')
  if (choices) {
    return (
      <NativeSelect
        name={`settings.${name}`}
        label={label}
        description={description ?? 'One of these.'}
        defaultValue={shown}
        data={isNeeded ? [...choices] : [{ value: '', label: 'none' }, ...choices]}
        onChange={(event) => onChoose?.(event.currentTarget.value)}
      />
    )
  }
  return (
    <TextInput
      name={`settings.${name}`}
      label={label}
      description={description ?? (isNeeded ? 'Needed.' : 'If wanted.')}
      defaultValue={shown}
      required={isNeeded}
    />
  )
}

const BASE_URLS: Partial<Record<ProviderKind, string>> = {
  openai: 'E.g. https://api.openai.com/v1',
  'azure-openai': 'E.g. https://ward.openai.azure.com',
  anthropic: 'E.g. https://api.anthropic.com',
  vllm: 'E.g. https://10.20.30.40:8000/v1',
  ollama: 'E.g. http://127.0.0.1:11434/v1',
  'llama-cpp': 'E.g. http://127.0.0.1:8080/v1',
  mcp: 'Of the server of tools.',
}

const start = (value: string | undefined): { defaultValue: string } => ({ defaultValue: value ?? '' })

function startChoices(edited: ProviderRecord | undefined): ProviderChoices {
  const kind = edited?.kind ?? 'openai'
  const { auth = KIND_RULES[kind].auths?.[0], credential } = edited?.settings ?? {}
  return { kind, auth, credential }
}

/** What the form does not ask for stays as it is. */
function readProvider(
  form: FormData,
  choices: ProviderChoices,
  isInternal: boolean,
  edited: ProviderRecord | undefined,
): ProviderInput {
  const { kind, auth } = choices
  const fields = listSettings(choices)
  const settings = Object.fromEntries(
    fields.flatMap(({ name, isList, choices: values }) => {
      const text = values ? readChoice(form, `settings.${name}`, values) : readText(form, `settings.${name}`)
      if (text === undefined || text === '') return []
      return [[name, isList === true ? readList(form, `settings.${name}`) : text]]
    }),
  )
  const optional = ['baseUrl', 'apiKeyFile', 'vendor', 'service', 'region'] as const
  return {
    kind,
    ...Object.fromEntries(optional.map((name) => [name, readText(form, name)]).filter(([, text]) => text !== '')),
    isInternal,
    allowedAddresses: readList(form, 'allowedAddresses'),
    models: readList(form, 'models'),
    upstreamModels: readPairs(form, 'upstreamModels'),
    settings: { ...settings, ...(KIND_RULES[kind].auths && { auth: auth as ProviderRecord['settings']['auth'] }) },
    ...(edited && { pins: edited.pins, allowsTls12: edited.allowsTls12, fallbacks: edited.fallbacks }),
  }
}
