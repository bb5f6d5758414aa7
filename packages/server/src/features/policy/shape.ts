import type { Action, ResourceKind } from '@breakwater/contract'
import { schemaToJson } from '@cedar-policy/cedar-wasm/nodejs'
import type { SchemaJson } from '@cedar-policy/cedar-wasm/nodejs'

/** What a schema asks of a request for one action. */
export interface ActionShape {
  /** Names of entity types. */
  readonly resourceTypes: readonly string[]
  /** Names of the context's attributes. */
  readonly attributes: ReadonlySet<string>
}

/** Entity types of the shipped schema, by kind of resource. */
export const RESOURCE_TYPES: Readonly<Record<ResourceKind, string>> = {
  tenant: 'Tenant',
  endpoint: 'Endpoint',
  'patient-record': 'PatientRecord',
  'training-data': 'TrainingData',
  'feature-store': 'FeatureStore',
  'inference-log': 'InferenceLog',
}

/** What may be done with data, and on what when a request does not say. Every other action administers a tenant. */
export const DATA_ACTIONS: Readonly<Partial<Record<Action, ResourceKind>>> = {
  cross: 'endpoint',
  preview: 'endpoint',
  restore: 'endpoint',
  train: 'endpoint',
  readData: 'patient-record',
  writeData: 'patient-record',
}

/** The actions that a schema declares; undefined when it does not parse. Sets of earlier versions know fewer attributes. */
export function readShapes(schema: string): ReadonlyMap<string, ActionShape> | undefined {
  const answer = schemaToJson(schema)
  if (answer.type !== 'success') return undefined
  const spaces: SchemaJson<string> = answer.json
  const { actions, commonTypes = {} } = spaces[''] ?? { actions: {} }
  return new Map(
    Object.entries(actions).map(([name, { appliesTo }]) => [
      name,
      {
        resourceTypes: appliesTo?.resourceTypes ?? [],
        attributes: new Set(readAttributes(appliesTo?.context, commonTypes)),
      },
    ]),
  )
}

function readAttributes(context: unknown, commonTypes: Readonly<Record<string, unknown>>): string[] {
  if (typeof context !== 'object' || context === null) return []
  if ('attributes' in context) return Object.keys(Object(context.attributes))
  const type = 'name' in context ? context.name : 'type' in context ? context.type : undefined
  return typeof type === 'string' && Object.hasOwn(commonTypes, type)
    ? readAttributes(commonTypes[type], commonTypes)
    : []
}
