import type { Writable } from 'node:stream'
import { styleText } from 'node:util'

/** Colours for people: plain where nobody looks, or where NO_COLOR asks for it (no-color.org). */
export interface Style {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
  accent(text: string): string
}

type Format = Parameters<typeof styleText>[0]

export function createStyle(
  stream: Writable & { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const isColoured = stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb'
  const paint = (format: Format) => (text: string) =>
    isColoured ? styleText(format, text, { validateStream: false }) : text
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    bad: paint(['bold', 'red']),
    accent: paint('cyan'),
  }
}
