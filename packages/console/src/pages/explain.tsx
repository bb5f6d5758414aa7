import { Page } from '../ui/page.tsx'

export function ExplainPage(): React.JSX.Element {
  return (
    <Page title="Explain">
      <p>soon</p>
    </Page>
  )
}
