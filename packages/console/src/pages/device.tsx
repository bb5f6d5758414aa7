import { Page } from '../ui/page.tsx'

export function DevicePage(): React.JSX.Element {
  return (
    <Page title="Log a program in">
      <p>soon</p>
    </Page>
  )
}
