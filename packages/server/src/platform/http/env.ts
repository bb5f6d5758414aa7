import type { HttpBindings } from '@hono/node-server'

/**
 * What a request carries besides itself: Node's own request and response, absent in a test that calls `app.request`.
 * Whoever authenticates a caller sets `caller`: what is refused without it counts as unauthenticated.
 */
export interface ServerEnv {
  readonly Bindings: Partial<HttpBindings>
  readonly Variables: { caller?: { readonly tenant: string; readonly id: string } }
}
