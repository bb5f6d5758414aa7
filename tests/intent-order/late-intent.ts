// Loaded into the server by --import: the control. While the table of stages is read, the intent changes places with the
// forward; the product has no switch for that.
import { registerHooks } from 'node:module'

const IN_ORDER = /(\.\w+\('recordIntent', recordIntent\))(\s*)(\.\w+\('forward', forward\))/

/** The forward, with what the intent would have begun to count. */
const EARLY_FORWARD =
  ".add('forward', (context, deps) => forward({ ...context, forwarding: { attempts: 0, keptBack: 0, fallbacks: 0 } }, deps))"

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.endsWith('/src/pipeline/stages.ts')) return loaded
    const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
    if (!IN_ORDER.test(source)) throw new Error('the table of stages has another form: this control moves nothing')
    return { ...loaded, source: source.replace(IN_ORDER, `${EARLY_FORWARD}$2$1`) }
  },
})
