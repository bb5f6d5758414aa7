/** By these, libraries that sign in to clouds would go by a proxy, and Node would believe any certificate. */
const NAMES: ReadonlySet<string> = new Set(['ALL_PROXY', 'HTTP_PROXY', 'HTTPS_PROXY', 'NODE_TLS_REJECT_UNAUTHORIZED'])

/**
 * Takes out of the environment what would lead connections of this process elsewhere: where they go, and whom they
 * believe, is on record or in the settings. Gives the names that stood there, in either case.
 */
export function dropVariables(environment: Record<string, string | undefined>): readonly string[] {
  const names = Object.keys(environment).filter((name) => NAMES.has(name.toUpperCase()))
  for (const name of names) delete environment[name]
  return names
}
