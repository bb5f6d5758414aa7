import { Page } from '../ui/page.tsx'

export function NotFoundPage(): React.JSX.Element {
  return (
    <main className="bw-narrow">
      <Page title="No such page" lead="The address may be mistyped, or the page has moved.">
        <a href="/console/">Go to the first page</a>
      </Page>
    </main>
  )
}
