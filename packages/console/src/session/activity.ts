const CHANNEL = 'breakwater-activity'
const SIGNS = ['pointerdown', 'keydown', 'scroll', 'visibilitychange'] as const

/** When somebody last did something in any tab of the console. */
export interface Activity {
  lastAtMs(): number
  note(): void
  stop(): void
}

/** Listens for signs of a person in this tab, and for those that other tabs of the same origin tell of. */
export function watchActivity(): Activity {
  let lastAtMs = Date.now()
  const channel = new BroadcastChannel(CHANNEL)
  const note = (): void => {
    lastAtMs = Date.now()
    channel.postMessage('active')
  }
  const hear = (event: MessageEvent<unknown>): void => {
    if (event.data === 'active') lastAtMs = Date.now()
  }
  channel.addEventListener('message', hear)
  for (const sign of SIGNS) document.addEventListener(sign, note, { passive: true, capture: true })
  return {
    lastAtMs: () => lastAtMs,
    note,
    stop() {
      for (const sign of SIGNS) document.removeEventListener(sign, note, { capture: true })
      channel.close()
    },
  }
}
