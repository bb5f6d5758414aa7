import type { KekProvider } from './kek-provider.ts'
import type { KekSettings } from './kek-settings.ts'
import type { KeyEnvironment } from './key-context.ts'
import { assertKeyEnvironment } from './key-environment.ts'

/**
 * The provider that the settings name, for the environment that runs. A provider's own code and SDK are loaded only here
 * and only for that provider; nothing is asked of a key service over the network yet. Throws `config.invalid`,
 * `keys.environment-refused`; for a key file `keys.unavailable`; for a token what `createPkcs11KekProvider` throws.
 */
export async function createKekProvider(settings: KekSettings, environment: KeyEnvironment): Promise<KekProvider> {
  const provider = await open(settings, environment)
  assertKeyEnvironment(environment, provider.describe())
  return provider
}

async function open(settings: KekSettings, environment: KeyEnvironment): Promise<KekProvider> {
  switch (settings.kind) {
    case 'local': {
      const { createLocalKekProvider } = await import('./providers/local/local-kek.ts')
      return createLocalKekProvider({ ...settings, environment })
    }
    case 'pkcs11': {
      const { createPkcs11KekProvider } = await import('./providers/pkcs11/pkcs11-kek.ts')
      return createPkcs11KekProvider({ ...settings, environment })
    }
    case 'aws-kms': {
      const { createAwsKekProvider } = await import('./providers/aws/aws-kek.ts')
      return createAwsKekProvider({ ...settings, environment })
    }
    case 'azure-key-vault': {
      const { createAzureKekProvider } = await import('./providers/azure/azure-kek.ts')
      return createAzureKekProvider({ ...settings, environment })
    }
    case 'gcp-kms': {
      const { createGcpKekProvider } = await import('./providers/gcp/gcp-kek.ts')
      return createGcpKekProvider({ ...settings, environment })
    }
    case 'vault-transit': {
      const { createVaultKekProvider } = await import('./providers/vault/vault-kek.ts')
      return createVaultKekProvider({ ...settings, environment })
    }
  }
}
