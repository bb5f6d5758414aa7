import { expect, test } from 'vitest'
import { describeBrowser } from './browser.ts'

test.for([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0.0.0 Safari/537.36',
    'Chromium 140 on Linux',
  ],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0', 'Edge 141 on Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1', 'Safari 19 on iOS'],
  ['breakwater/0.1.0', 'breakwater'],
  ['', 'Unknown program'],
] as const)('a browser is named as people know it: %s', ([userAgent, name]) => {
  expect(describeBrowser(userAgent)).toBe(name)
})
