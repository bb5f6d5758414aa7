import type { TokenCredential, WorkloadIdentityCredential } from '@azure/identity'

/** How to sign in to Entra ID. No kind takes a secret from settings. */
export type AzureCredentialSettings =
  /** Workload identity by its environment, else the machine's managed identity. No developer tools are asked. */
  | { readonly type: 'default' }
  | { readonly type: 'managed-identity'; readonly clientId?: string }
  | {
      readonly type: 'workload-identity'
      readonly tenantId: string
      readonly clientId: string
      readonly tokenFile: string
    }
  /** PEM with the certificate and its private key. */
  | {
      readonly type: 'client-certificate'
      readonly tenantId: string
      readonly clientId: string
      readonly certificateFile: string
    }

export async function createAzureCredential(settings: AzureCredentialSettings): Promise<TokenCredential> {
  const sdk = await import('@azure/identity')
  switch (settings.type) {
    case 'default':
      return new sdk.ChainedTokenCredential(
        ...byEnvironment(sdk.WorkloadIdentityCredential),
        new sdk.ManagedIdentityCredential(),
      )
    case 'managed-identity':
      return settings.clientId === undefined
        ? new sdk.ManagedIdentityCredential()
        : new sdk.ManagedIdentityCredential({ clientId: settings.clientId })
    case 'workload-identity': {
      const { tenantId, clientId, tokenFile: tokenFilePath } = settings
      return new sdk.WorkloadIdentityCredential({ tenantId, clientId, tokenFilePath })
    }
    case 'client-certificate': {
      const { tenantId, clientId, certificateFile: certificatePath } = settings
      return new sdk.ClientCertificateCredential(tenantId, clientId, { certificatePath })
    }
  }
}

/** None where the environment names no workload identity: the SDK throws then. */
function byEnvironment(Credential: new () => WorkloadIdentityCredential): readonly TokenCredential[] {
  try {
    return [new Credential()]
  } catch {
    return []
  }
}
