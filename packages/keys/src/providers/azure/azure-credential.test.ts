import { expect, test } from 'vitest'
import { createAzureCredential } from './azure-credential.ts'

const ENTRA = { tenantId: '11111111-2222-3333-4444-555555555555', clientId: '66666666-7777-8888-9999-000000000000' }

test.for([
  [{ type: 'default' }, 'ChainedTokenCredential'],
  [{ type: 'managed-identity' }, 'ManagedIdentityCredential'],
  [{ type: 'managed-identity', clientId: ENTRA.clientId }, 'ManagedIdentityCredential'],
  [{ type: 'workload-identity', ...ENTRA, tokenFile: '/run/token' }, 'WorkloadIdentityCredential'],
  [{ type: 'client-certificate', ...ENTRA, certificateFile: '/run/certificate.pem' }, 'ClientCertificateCredential'],
] as const)('$0 signs in by $1', async ([settings, name]) => {
  expect((await createAzureCredential(settings)).constructor.name).toBe(name)
})

test('a workload identity without its token file is refused, and nothing is asked of anybody', async () => {
  const credential = await createAzureCredential({ type: 'workload-identity', ...ENTRA, tokenFile: '/nonexistent' })
  await expect(credential.getToken('https://vault.azure.net/.default')).rejects.toThrow('/nonexistent')
})
