import type { Coverage, CoverageCell, FeatureHandling } from '@breakwater/contract'
import { FEATURES, isFeature, PLAIN_FEATURES } from '@breakwater/contract'
import { useState } from 'react'
import { CoverageMark } from './coverage-mark.tsx'
import type { CoverageState } from './coverage-mark.tsx'
import { countDaysLeft, DaysLeft } from './days-left.tsx'
import { Facts } from './facts.tsx'
import { Due } from './moment.tsx'
import { Tag } from './tag.tsx'
import { useGridKeys } from './use-grid-keys.ts'
import { capitalise, nameFeature } from './words.ts'

type Provider = Coverage['providers'][number]
type Feature = CoverageCell['feature']

interface Group {
  readonly handling: FeatureHandling
  readonly title: string
}

const GROUPS: readonly Group[] = [
  { handling: 'plain', title: 'Nothing stays behind' },
  { handling: 'kept', title: 'The vendor keeps something' },
  { handling: 'third-party', title: 'Somebody else gets some of it' },
  { handling: 'unmasked', title: 'Carries what masking cannot reach' },
]

/** What a cell shows; words, because colour alone tells too few. */
const STATES: Readonly<Record<CoverageState, string>> = {
  covered: 'Covered',
  ending: 'Covered, ends within 30 days',
  partly: 'Covered for some models',
  none: 'Not covered',
  barred: 'Not covered by the vendor’s terms',
}
const TONES: Readonly<Record<CoverageState, string>> = {
  covered: 'good',
  ending: 'warn',
  partly: 'warn',
  none: 'stop',
  barred: 'stop',
}
const ENDING_DAYS = 30

interface CoverageGridProps {
  readonly of: readonly Provider[]
}

/** Features down, providers across: one mark each, and what is behind the chosen one. Arrow keys go from mark to mark. */
export function CoverageGrid({ of: providers }: CoverageGridProps): React.JSX.Element {
  const features = orderFeatures(providers)
  const [[row, column], setChosen] = useState<readonly [number, number]>([0, 0])
  const onKeyDown = useGridKeys([row, column], [features.length, providers.length], setChosen)
  const feature = features[row]
  const provider = providers[column]
  return (
    <div className="bw-coverage">
      <div className="bw-sheet bw-scroll">
        <p>{summarise(providers, features)}</p>
        <Legend />
        <table className="bw-matrix" role="grid" aria-label="Coverage by feature and provider" onKeyDown={onKeyDown}>
          <thead>
            <tr>
              <td />
              {providers.map(({ id, kind }) => (
                <th key={id} scope="col">
                  {id} <span className="bw-dim">{kind}</span>
                </th>
              ))}
            </tr>
          </thead>
          {GROUPS.map(({ handling, title }) => (
            <tbody key={handling}>
              <tr>
                <th scope="colgroup" colSpan={providers.length + 1} className="bw-matrix-group">
                  {title}
                </th>
              </tr>
              {features.map((each, at) =>
                handlingOf(each) === handling ? (
                  <tr key={each}>
                    <th scope="row">{capitalise(nameFeature(each))}</th>
                    {providers.map((one, across) => (
                      <td key={one.id} role="gridcell">
                        <button
                          type="button"
                          className="bw-cell"
                          data-at={`${at} ${across}`}
                          data-state={stateOf(one, each)}
                          tabIndex={at === row && across === column ? 0 : -1}
                          aria-pressed={at === row && across === column}
                          aria-label={`${nameFeature(each)} at ${one.id}: ${STATES[stateOf(one, each)].toLowerCase()}`}
                          onClick={() => setChosen([at, across])}
                        >
                          <CoverageMark state={stateOf(one, each)} />
                        </button>
                      </td>
                    ))}
                  </tr>
                ) : undefined,
              )}
            </tbody>
          ))}
        </table>
      </div>
      {feature !== undefined && provider && <Detail feature={feature} provider={provider} />}
    </div>
  )
}

function Legend(): React.JSX.Element {
  return (
    <ul className="bw-legend" aria-label="What the marks say">
      {(Object.keys(STATES) as CoverageState[]).map((state) => (
        <li key={state}>
          <CoverageMark state={state} /> {STATES[state]}
        </li>
      ))}
    </ul>
  )
}

interface DetailProps {
  readonly feature: Feature
  readonly provider: Provider
}

/** The picture in words. */
function summarise(providers: readonly Provider[], features: readonly Feature[]): string {
  const takes = (provider: Provider, feature: Feature): boolean => (cellOf(provider, feature)?.covered ?? 0) > 0
  const open = providers.filter((provider) => takes(provider, 'plain'))
  const beyond = open.flatMap((provider) =>
    features
      .filter((each) => each !== 'plain' && takes(provider, each))
      .map((each) => `${nameFeature(each)} at ${provider.id}`),
  )
  const where = open.length === 0 ? 'Nothing may go anywhere' : `It may go to ${open.map(({ id }) => id).join(', ')}`
  return beyond.length === 0 ? `${where}.` : `${where}; beyond plain use: ${beyond.join(', ')}.`
}

/** What stands behind a mark. */
function Detail({ feature, provider }: DetailProps): React.JSX.Element {
  const cell = cellOf(provider, feature)
  const state = stateOf(provider, feature)
  const covered = cell?.covered ?? 0
  return (
    <section className="bw-sheet bw-stack bw-detail" aria-live="polite" aria-label="The chosen mark">
      <h2 className="bw-subtitle">
        {capitalise(nameFeature(feature))} at {provider.id}
      </h2>
      <div className="bw-verdict" data-tone={TONES[state]}>
        {STATES[state]}
      </div>
      <p className="bw-dim">
        {isFeature(feature)
          ? FEATURES[feature].describes
          : `What ends with the call: ${PLAIN_FEATURES.map(nameFeature).join(', ')}.`}
      </p>
      <Facts
        of={{
          Models: `${covered} of ${provider.models}`,
          Agreement: cell?.agreement,
          Until: cell?.endsAt !== undefined && (
            <>
              <Due at={cell.endsAt} /> <DaysLeft endsAt={cell.endsAt} />
            </>
          ),
          Missing: cell !== undefined && cell.missing.length > 0 && cell.missing.map(describeMissing).join('; '),
          Runs: provider.isInternal && <Tag>in your own network</Tag>,
        }}
      />
    </section>
  )
}

/** What the server names, for people. */
const MISSING: Readonly<Record<string, string>> = {
  provider: 'an agreement in force with this provider',
  vendor: 'whose service it is (vendor and service of the provider)',
  endpoint: 'this endpoint',
  model: 'a model',
  purpose: 'this purpose of use',
  region: 'the place where it is served',
  retention: 'retention: the vendor keeps it for longer than the agreement permits',
  'human review': 'human review at the vendor',
  training: 'training of models on it',
  subcontractor: 'an agreement of the chain that is in force',
}

function describeMissing(name: string): string {
  if (isOfTerms(name)) return 'confirmed terms of the vendor that cover it'
  if (name.startsWith('feature ')) return 'the feature by name'
  return MISSING[name] ?? name
}

/** What no agreement opens as long as the vendor's terms stand as they do in the registry. */
function isOfTerms(name: string): boolean {
  return name.startsWith('vendor terms for')
}

function orderFeatures(providers: readonly Provider[]): readonly Feature[] {
  const all = (providers[0]?.cells ?? []).map(({ feature }) => feature)
  return GROUPS.flatMap(({ handling }) => all.filter((feature) => handlingOf(feature) === handling))
}

function handlingOf(feature: Feature): FeatureHandling {
  return feature === 'plain' ? 'plain' : FEATURES[feature].handling
}

function cellOf({ cells }: Provider, feature: Feature): CoverageCell | undefined {
  return cells.find((cell) => cell.feature === feature)
}

function stateOf(provider: Provider, feature: Feature): CoverageState {
  const cell = cellOf(provider, feature)
  if (!cell || cell.covered === 0) return cell?.missing.some(isOfTerms) === true ? 'barred' : 'none'
  if (cell.covered < provider.models) return 'partly'
  return cell.endsAt !== undefined && countDaysLeft(cell.endsAt) < ENDING_DAYS ? 'ending' : 'covered'
}
