import type { NoteView, ReviewList, ReviewSpan, SavedNote } from '../shape.ts'

/** Where notes come from and corrections go. */
export interface Api {
  list(): Promise<ReviewList>
  view(index: number): Promise<NoteView>
  save(index: number, spans: readonly ReviewSpan[], isAccepted: boolean): Promise<SavedNote>
  exportGold(): Promise<number>
}

/** What the page shows instead of notes. */
export class Refusal extends Error {}

const KEY_NAME = 'breakwater-review'

/** The notes inside a file of its own, or the program that serves this page. */
export async function openApi(): Promise<Api> {
  const data = document.getElementById('data')
  if (data !== null) return openFile(JSON.parse(data.textContent) as ReviewList & { views: readonly NoteView[] })
  const token = location.hash.slice(1)
  if (token !== '') {
    // Out of the address bar, and out of the history, before anything else.
    history.replaceState(null, '', '/')
    const answer = await ask('POST', '/session', { token }, sessionStorage.getItem(KEY_NAME) ?? '')
    sessionStorage.setItem(KEY_NAME, ((await answer.json()) as { key: string }).key)
  }
  const key = sessionStorage.getItem(KEY_NAME)
  if (key === null) throw new Refusal('Open the address that the terminal shows.')
  const read = async <Value>(method: string, path: string, body?: object): Promise<Value> =>
    (await (await ask(method, path, body, key)).json()) as Value
  return {
    list: () => read('GET', '/api/review'),
    view: (index) => read('GET', `/api/notes/${index}`),
    save: (index, spans, isAccepted) => read('PUT', `/api/notes/${index}`, { spans, isAccepted }),
    exportGold: async () => (await read<{ documents: number }>('POST', '/api/gold', {})).documents,
  }
}

async function ask(method: string, path: string, body: object | undefined, key: string): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(path, {
      method,
      headers: { 'x-breakwater-review': key, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
  } catch {
    throw new Refusal('The program does not answer: was it ended?')
  }
  if (answer.ok) return answer
  if (answer.status === 401) {
    throw new Refusal('This address was used already. The terminal shows where to go on, or start the program again.')
  }
  const { message = 'refused' } = (await answer.json()) as { message?: string }
  throw new Refusal(message)
}

function openFile({ views, ...list }: ReviewList & { views: readonly NoteView[] }): Api {
  const refuse = (): never => {
    throw new Refusal('A file is to look at.')
  }
  return {
    list: async () => list,
    view: async (index) => views[index] ?? refuse(),
    save: async () => refuse(),
    exportGold: async () => refuse(),
  }
}
