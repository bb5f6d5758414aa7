import type { ProviderRecord } from '@breakwater/contract'
import { providerInputSchema, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller, readId } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { ListedProvider, ProviderService } from './types.ts'

export function providerRoutes(service: ProviderService): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listProviders.path, async (c) => {
      const providers = await service.list(readCaller(c).tenant)
      return c.json({ providers: providers.map(toRecord) })
    })
    .get(ROUTES.getProvider.path, async (c) => {
      return c.json(toRecord(await service.get(readCaller(c).tenant, readId(c))))
    })
    .put(ROUTES.putProvider.path, async (c) => {
      const body = await readBody(c, providerInputSchema)
      const { baseUrl, apiKeyFile, vendor, service: ofVendor, region, ...fields } = body
      const provider = {
        ...fields,
        id: readId(c),
        ...(baseUrl && { baseUrl }),
        ...(apiKeyFile && { apiKeyFile }),
        ...(vendor && { vendor }),
        ...(ofVendor && { service: ofVendor }),
        ...(region && { region }),
      }
      return c.json(toRecord(await service.put(readCaller(c), provider)))
    })
    .post(ROUTES.disableProvider.path, async (c) => {
      await service.disable(readCaller(c), readId(c))
      return c.body(null, 204)
    })
}

function toRecord({ tenant: _tenant, ...provider }: ListedProvider): ProviderRecord {
  const { allowedAddresses, models, pins = [], allowsTls12 = false } = provider
  const { upstreamModels = {}, settings = {}, fallbacks = [] } = provider
  return {
    ...provider,
    allowedAddresses: [...allowedAddresses],
    models: [...models],
    pins: [...pins],
    allowsTls12,
    upstreamModels,
    settings,
    fallbacks: [...fallbacks],
  }
}
