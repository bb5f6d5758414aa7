import type { RouteName } from '@breakwater/contract'
import { ROUTES } from '@breakwater/contract'
import { readProblem } from './api-error.ts'
import { send } from './call.ts'
import { buildPath } from './path.ts'

interface Download {
  readonly parameters: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** What the file is called. */
  readonly file: string
}

/** Has the browser keep what a route answers as a file. Throws `ApiError`. */
export async function download(name: RouteName, { parameters, query, file }: Download): Promise<void> {
  const { method, path } = ROUTES[name]
  const response = await send(buildPath(path, parameters, query), {
    method,
    credentials: 'same-origin',
    redirect: 'error',
  })
  if (!response.ok) throw await readProblem(response)
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = file
  link.click()
  URL.revokeObjectURL(url)
}
