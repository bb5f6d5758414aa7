import type { Dispatcher } from 'undici'

type Controller = Dispatcher.DispatchController

/**
 * Requests of this dispatcher let go of their connection's part when they end. undici keeps, for each, a function that it
 * makes within an assignment to a property: V8 allocates such a one among the old objects, and whatever it leads to (the
 * request with its body, the answer) then stays until all of the heap is collected. Here it leads to next to nothing.
 */
export function makeShortLived(dispatcher: Dispatcher): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => dispatch(options, lendController(handler)))
}

function lendController(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  let lent: Lent | undefined
  const lend = (controller: Controller): Lent => (lent ??= new Lent(controller))
  return {
    onRequestStart(controller, context) {
      lent = new Lent(controller)
      handler.onRequestStart?.(lent, context)
    },
    onRequestUpgrade: (controller, ...rest) => handler.onRequestUpgrade?.(lend(controller), ...rest),
    onResponseStart: (controller, ...rest) => handler.onResponseStart?.(lend(controller), ...rest),
    onResponseData: (controller, chunk) => handler.onResponseData?.(lend(controller), chunk),
    onResponseEnd(controller, trailers) {
      const given = lend(controller)
      handler.onResponseEnd?.(given, trailers)
      given.end()
    },
    onResponseError(controller, error) {
      const given = lend(controller)
      handler.onResponseError?.(given, error)
      given.end()
    },
  }
}

/** A controller that forgets the one behind it. */
class Lent implements Controller {
  #controller: Controller | undefined

  constructor(controller: Controller) {
    this.#controller = controller
  }

  get aborted(): boolean {
    return this.#controller?.aborted ?? true
  }

  get paused(): boolean {
    return this.#controller?.paused ?? false
  }

  get reason(): Error | null {
    return this.#controller?.reason ?? null
  }

  get rawHeaders(): NonNullable<Controller['rawHeaders']> | null {
    return this.#controller?.rawHeaders ?? null
  }

  get rawTrailers(): NonNullable<Controller['rawTrailers']> | null {
    return this.#controller?.rawTrailers ?? null
  }

  abort(reason: Error): void {
    this.#controller?.abort(reason)
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  end(): void {
    this.#controller = undefined
  }
}
