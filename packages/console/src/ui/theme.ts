import type { MantineColorsTuple } from '@mantine/core'
import { createTheme } from '@mantine/core'

const shade = (index: number): string => `var(--mantine-color-harbour-${index})`
// The values are in tokens.css: Mantine only has to know that the colour exists.
const HARBOUR: MantineColorsTuple = [
  shade(0),
  shade(1),
  shade(2),
  shade(3),
  shade(4),
  shade(5),
  shade(6),
  shade(7),
  shade(8),
  shade(9),
]

export const theme = createTheme({ colors: { harbour: HARBOUR }, primaryColor: 'harbour', respectReducedMotion: true })
