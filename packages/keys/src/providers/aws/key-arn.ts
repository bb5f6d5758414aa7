import { invalid } from '../shared/endpoint.ts'

export interface KeyArn {
  readonly arn: string
  readonly region: string
  /** The last part: a UUID, or `mrk-` and 32 hex digits for a key of several regions. */
  readonly id: string
  /** Where the service of this partition answers. */
  readonly host: string
}

const ARN = /^arn:(aws|aws-us-gov|aws-cn):kms:([a-z0-9-]{1,32}):\d{12}:key\/([\w-]{1,64})$/
const DOMAINS: Readonly<Record<string, string>> = {
  aws: 'amazonaws.com',
  'aws-us-gov': 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
}

/**
 * A key by its full name. Aliases are refused: whoever may move one would choose our key. Throws `config.invalid`.
 */
export function parseKeyArn(arn: string, field: string, { useFips }: { readonly useFips: boolean }): KeyArn {
  const [, partition = '', region = '', id = ''] = ARN.exec(arn) ?? []
  const domain = DOMAINS[partition]
  if (domain === undefined) throw invalid('must be the ARN of a key, not of an alias', field)
  return { arn, region, id, host: `${useFips ? 'kms-fips' : 'kms'}.${region}.${domain}` }
}
