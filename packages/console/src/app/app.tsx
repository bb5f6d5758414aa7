import { Button, MantineProvider } from '@mantine/core'
import { theme } from '../ui/theme.ts'

/** The whole console. */
export function App(): React.JSX.Element {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <main className="bw-narrow">
        <Button>Log in</Button>
      </main>
    </MantineProvider>
  )
}
