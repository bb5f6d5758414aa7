import { slugSchema } from '@breakwater/contract'

/** A client names its tenant, so that its look-up stays inside it: `<tenant>.<id>`. Neither part can hold a dot. */
export interface ClientName {
  readonly tenant: string
  readonly id: string
}

export function formatClientId({ tenant, id }: ClientName): string {
  return `${tenant}.${id}`
}

/** Undefined for what is no name of a client. */
export function parseClientId(text: unknown): ClientName | undefined {
  if (typeof text !== 'string') return undefined
  const [tenant, id, ...rest] = text.split('.').map((part) => slugSchema.safeParse(part).data)
  return tenant !== undefined && id !== undefined && rest.length === 0 ? { tenant, id } : undefined
}
