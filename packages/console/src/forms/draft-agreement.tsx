import type { AgreementInput, AgreementRecord } from '@breakwater/contract'
import {
  AGREEMENT_KINDS,
  CLAUSES,
  clauseIdSchema,
  CONDITIONS,
  ENDPOINTS,
  EXEMPTIONS,
  FEATURES,
  featureSchema,
  listMandatoryClauses,
  needsNaming,
  statedPurposeSchema,
} from '@breakwater/contract'
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { Choices } from '../ui/choices.tsx'
import { Problem } from '../ui/problem.tsx'
import { ProviderField } from '../ui/provider-field.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { capitalise, nameFeature, namePurpose, toWords } from '../ui/words.ts'
import { readChoice, readChoices, readList, readNumber, readText } from './read-form.ts'

const PURPOSES = statedPurposeSchema.options
const NAMED_FEATURES = featureSchema.options.filter(needsNaming)
const DAY_CHARS = 10

interface DraftAgreementProps {
  /** What the next version is drafted from; left out: a new agreement. */
  readonly of: AgreementRecord | undefined
  readonly onDone: () => void
}

/** Drafts an agreement as the contract has it. A draft covers nothing until it is activated. */
export function DraftAgreement({ of: edited, onDone }: DraftAgreementProps): React.JSX.Element {
  const put = useAct('putAgreement')
  const [formKey, setFormKey] = useState(0)
  const [kind, setKind] = useState(edited?.kind ?? 'business-associate')
  const [allowsTraining, setTraining] = useState(edited?.allowsTraining ?? false)
  const first = useRef<HTMLSelectElement>(null)
  useEffect(() => {
    if (edited) first.current?.focus()
  }, [edited])
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    put.mutate(
      { parameters: { id: edited?.id ?? readText(form, 'id') }, body: readAgreement(form, edited) },
      {
        onSuccess: () => {
          setFormKey((key) => key + 1)
          onDone()
        },
      },
    )
  }
  return (
    <Sheet title={edited ? `Next version of ${edited.id}` : 'Draft an agreement'}>
      {put.error && <Problem error={put.error} />}
      {put.data && (
        <div className="bw-banner" data-tone="good" role="status">
          {put.data.id}, version {put.data.version}, is a draft.{' '}
          {put.data.missingClauses.length === 0
            ? 'Its clauses are complete: it can be activated above.'
            : 'What it lacks stands above.'}
        </div>
      )}
      <form key={formKey} className="bw-stack" onSubmit={submit}>
        <div className="bw-fields">
          {!edited && <TextInput name="id" label="Id" required maxLength={63} />}
          <NativeSelect
            ref={first}
            name="kind"
            label="Kind"
            value={kind}
            data={AGREEMENT_KINDS.map((each) => ({ value: each, label: toWords(each) }))}
            onChange={({ currentTarget: { value } }) => setKind(AGREEMENT_KINDS.find((each) => each === value) ?? kind)}
          />
          <ProviderField label="Provider" defaultValue={edited?.provider} />
          <TextInput
            name="from"
            label="In force from"
            type="date"
            required
            defaultValue={dayOf(edited?.effectiveFrom)}
          />
          <TextInput name="to" label="And before" type="date" required defaultValue={dayOf(edited?.effectiveTo)} />
        </div>
        <Choices name="purposes" legend="Purposes of use" of={label(PURPOSES, namePurpose)} chosen={edited?.purposes} />
        <Choices
          name="endpoints"
          legend="Endpoints"
          of={label(ENDPOINTS)}
          chosen={edited?.endpoints ?? ['chat.completions']}
        />
        <div className="bw-fields">
          <TextInput
            name="models"
            label="Models"
            description="As callers name them; * is every one of the provider."
            defaultValue={edited?.models.join(', ') ?? '*'}
            required
          />
          <TextInput
            name="regions"
            label="Places"
            description="Regions or countries; * is any, known or not."
            defaultValue={edited?.regions.join(', ') ?? '*'}
          />
          <TextInput
            name="hosts"
            label="Hosts"
            description="Left out: wherever the provider points."
            defaultValue={edited?.hosts.join(', ') ?? ''}
          />
        </div>
        <Choices
          name="features"
          legend="Beside plain use: what leaves something behind or goes further, and is covered"
          of={NAMED_FEATURES.map((value) => ({
            value,
            label: capitalise(nameFeature(value)),
            title: FEATURES[value].describes,
          }))}
          chosen={edited?.features}
        />
        <div className="bw-fields">
          <TextInput
            name="maxRetentionDays"
            label="Kept for, at most"
            description="Days; left out: 0 with a business associate."
            type="number"
            min={0}
            max={3_660}
            defaultValue={edited?.maxRetentionDays ?? ''}
          />
          <TextInput
            name="incidentNoticeDays"
            label="Notice of an incident"
            description="Within so many days."
            type="number"
            min={0}
            max={60}
            defaultValue={edited?.incidentNoticeDays ?? ''}
          />
          <TextInput
            name="chain"
            label="Rests on"
            description="Ids of agreements with subcontractors."
            defaultValue={edited?.chain.join(', ') ?? ''}
          />
        </div>
        <div className="bw-actions bw-checks">
          <Checkbox
            name="allowsHumanReview"
            label="People at the vendor may read along"
            defaultChecked={edited?.allowsHumanReview ?? false}
          />
          <Checkbox
            name="allowsTraining"
            label="Models may be trained on it"
            checked={allowsTraining}
            onChange={(event) => setTraining(event.currentTarget.checked)}
          />
        </div>
        <Choices
          name="conditions"
          legend="Arranged with the vendor, and on record"
          of={label(CONDITIONS, (each) => capitalise(toWords(each)))}
          chosen={edited?.conditions}
        />
        <div className="bw-fields">
          <NativeSelect
            name="exemption"
            label="Approval to keep nothing"
            defaultValue={edited?.retentionExemption?.kind ?? ''}
            data={[{ value: '', label: 'none' }, ...EXEMPTIONS.map((each) => ({ value: each, label: toWords(each) }))]}
          />
          <TextInput
            name="exemptionReference"
            label="Its reference"
            defaultValue={edited?.retentionExemption?.reference ?? ''}
          />
          <TextInput
            name="exemptionDay"
            label="Recorded on"
            type="date"
            defaultValue={edited?.retentionExemption?.recordedOn ?? ''}
          />
        </div>
        {kind !== 'internal' && <Clauses allowsTraining={allowsTraining} edited={edited} />}
        <div className="bw-actions">
          <Button type="submit" disabled={put.isPending}>
            Keep as a draft
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

interface ClausesProps {
  readonly allowsTraining: boolean
  readonly edited: AgreementRecord | undefined
}

/** Where the contract says each; what is left out is missing. */
function Clauses({ allowsTraining, edited }: ClausesProps): React.JSX.Element {
  const mandatory = listMandatoryClauses({ allowsTraining })
  return (
    <fieldset className="bw-fieldset">
      <legend>Where the contract says it</legend>
      <p className="bw-dim">Section or page. Without one of the mandatory ones it stays a draft.</p>
      <ul className="bw-clauses">
        {clauseIdSchema.options.map((clause) => {
          const { says, citation } = CLAUSES[clause]
          const isMandatory = mandatory.includes(clause)
          return (
            <li key={clause} className="bw-clause">
              <TextInput
                name={`clause.${clause}`}
                size="xs"
                aria-label={`Where it says: ${says}`}
                placeholder={isMandatory ? 'mandatory' : 'if there'}
                maxLength={128}
                defaultValue={edited?.clauses.find((each) => each.clause === clause)?.location ?? ''}
              />
              <span>
                {capitalise(says)} <span className="bw-dim">{citation}</span>
              </span>
            </li>
          )
        })}
      </ul>
    </fieldset>
  )
}

function label<Value extends string>(
  values: readonly Value[],
  name: (value: Value) => string = String,
): { readonly value: Value; readonly label: string }[] {
  return values.map((value) => ({ value, label: name(value) }))
}

function dayOf(time: string | undefined): string {
  return time?.slice(0, DAY_CHARS) ?? ''
}

/** What the form does not ask for stays as it is. */
function readAgreement(form: FormData, edited: AgreementRecord | undefined): AgreementInput {
  const kind = readChoice(form, 'kind', AGREEMENT_KINDS) ?? 'business-associate'
  const exemption = readChoice(form, 'exemption', EXEMPTIONS)
  const maxRetentionDays = readNumber(form, 'maxRetentionDays')
  const incidentNoticeDays = readNumber(form, 'incidentNoticeDays')
  const clauses = clauseIdSchema.options.map((clause) => ({ clause, location: readText(form, `clause.${clause}`) }))
  return {
    kind,
    provider: readText(form, 'provider'),
    endpoints: readChoices(form, 'endpoints', ENDPOINTS),
    models: readList(form, 'models'),
    purposes: readChoices(form, 'purposes', PURPOSES),
    features: readChoices(form, 'features', NAMED_FEATURES),
    regions: readList(form, 'regions'),
    hosts: readList(form, 'hosts'),
    ...(maxRetentionDays !== undefined && { maxRetentionDays }),
    ...(incidentNoticeDays !== undefined && { incidentNoticeDays }),
    allowsHumanReview: form.has('allowsHumanReview'),
    allowsTraining: form.has('allowsTraining'),
    conditions: readChoices(form, 'conditions', CONDITIONS),
    ...(exemption && {
      retentionExemption: {
        kind: exemption,
        reference: readText(form, 'exemptionReference'),
        recordedOn: readText(form, 'exemptionDay'),
      },
    }),
    chain: readList(form, 'chain'),
    clauses: kind === 'internal' ? [] : clauses.filter(({ location }) => location !== ''),
    effectiveFrom: `${readText(form, 'from')}T00:00:00.000Z`,
    effectiveTo: `${readText(form, 'to')}T00:00:00.000Z`,
    ...(edited && { parties: edited.parties, ...(edited.service !== undefined && { service: edited.service }) }),
    isDraft: true,
  }
}
