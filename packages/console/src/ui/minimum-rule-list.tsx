import type { MinimumRule, MinimumRules } from '@breakwater/contract'

const OTHER_RESOURCES = { remove: 'left out', refuse: 'refused' } as const
const OTHER_OBJECTS = { keep: 'left to de-identification', remove: 'left out', refuse: 'refused' } as const

/** What may leave of each type of record, in one line a type. */
export function MinimumRuleList({ rules }: { readonly rules: MinimumRules }): React.JSX.Element {
  const { resources, records, otherResources, otherObjects } = rules
  const types = [
    ...Object.entries(resources),
    ...records.map(({ name, ...rule }): [string, MinimumRule] => [name, rule]),
  ]
  return (
    <details className="bw-details">
      <summary>{types.length} types of records may leave</summary>
      <dl className="bw-facts">
        {types.map(([type, rule]) => (
          <div key={type} className="bw-fact">
            <dt>{type}</dt>
            <dd>{describeRule(rule)}</dd>
          </div>
        ))}
        <div className="bw-fact">
          <dt>Other resources</dt>
          <dd>{OTHER_RESOURCES[otherResources]}</dd>
        </div>
        <div className="bw-fact">
          <dt>Other objects</dt>
          <dd>{OTHER_OBJECTS[otherObjects]}</dd>
        </div>
      </dl>
    </details>
  )
}

function describeRule({ fields, lookBackDays, maxCount }: MinimumRule): string {
  const what = fields.includes('/*') ? 'all fields' : fields.map((field) => field.slice(1)).join(', ') || 'nothing'
  const limits = [
    lookBackDays === undefined ? '' : `of the last ${lookBackDays} days`,
    maxCount === undefined ? '' : `the newest ${maxCount}`,
  ].filter((limit) => limit !== '')
  return [what, ...limits].join('; ')
}
