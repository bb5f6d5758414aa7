/** One use of cryptography: what, with which strength, where in the code, and what becomes of its keys. */
export interface CryptographicUse {
  readonly use: string
  readonly algorithm: string
  /** Bits of security against a computer of today (NIST SP 800-57 part 1, table 2). */
  readonly strengthBits: number
  readonly library: string
  /** Names that the code imports for it. */
  readonly calls: readonly string[]
  /** Files or folders below `packages/`. */
  readonly where: readonly string[]
  readonly keys: string
  /** What replaces it when a quantum computer can break it. */
  readonly quantum: string
}

const NODE = 'OpenSSL, by Node'
const STAYS = 'stays: symmetric, 256 bits'
const ML_DSA = 'ML-DSA-65 when jose, Node and the peers have it'

/** All cryptography of the program. A test finds every call in the code, and fails for one that stands in no row. */
export const CRYPTOGRAPHY: readonly CryptographicUse[] = [
  {
    use: 'Fields, files, artefacts and small secrets at rest',
    algorithm: 'AES-256-GCM, 96-bit random nonces, 128-bit tags; files in chunks with SHA-512 commitments',
    strengthBits: 256,
    library: NODE,
    calls: ['createCipheriv', 'createDecipheriv', 'randomBytes', 'randomFillSync', 'createHmac', 'timingSafeEqual'],
    where: ['keys/src/', 'server/src/platform/secrets/'],
    keys: 'a data key for each tenant and object class, or patient: rotated on request and after 2^32 messages; re-wrapped online',
    quantum: STAYS,
  },
  {
    use: 'Derived keys, tokens in masked text, challenges, commitments, sealed records',
    algorithm: 'HKDF-SHA-256, HMAC-SHA-256, HMAC-SHA-512',
    strengthBits: 256,
    library: NODE,
    calls: ['hkdfSync', 'createHmac'],
    where: ['keys/src/'],
    keys: 'a keyring with a secret for each end: versions; new work under the newest, old ones derive on',
    quantum: STAYS,
  },
  {
    use: 'What was found in a text, remembered under a key that tells nothing of the text',
    algorithm: 'SHA-256 over a secret and the text, never shown',
    strengthBits: 256,
    library: NODE,
    calls: ['createHash', 'randomBytes'],
    where: ['server/src/pipeline/detection/findings-memory.ts'],
    keys: 'a random key of the process for each tenant: in memory only, wiped when it closes',
    quantum: STAYS,
  },
  {
    use: 'What stands for an id of an answer that could name somebody',
    algorithm: 'HMAC-SHA-256, 96 bits of it shown',
    strengthBits: 96,
    library: NODE,
    calls: ['createHmac', 'randomBytes'],
    where: ['server/src/pipeline/answer/references.ts'],
    keys: 'a random key of the answer: in memory only, gone with it',
    quantum: 'stays: what is shown lives as long as a conversation',
  },
  {
    use: 'Whether a request masks the same values as one that was let go before',
    algorithm: 'SHA-256 over the request’s tokens, which are keyed',
    strengthBits: 128,
    library: NODE,
    calls: ['hash'],
    where: ['server/src/pipeline/residual/'],
    keys: 'none: of each tenant, in memory only, and nothing is opened by it',
    quantum: STAYS,
  },
  {
    use: 'Data keys wrapped by a key service',
    algorithm: 'AES-256-GCM in PKCS#11, AWS, Google, Transit; RSA-OAEP with SHA-256 from 3,072 bits in Azure',
    strengthBits: 128,
    library: 'the key service; pkcs11js',
    calls: ['pkcs11js'],
    where: ['keys/src/providers/'],
    keys: 'made and rotated in the key service, never extractable in production: docs/keys.md',
    quantum: 'Azure: re-wrap under an AES key of Managed HSM. The others stay',
  },
  {
    use: 'Data keys released to an attested machine',
    algorithm: 'RSA-OAEP with SHA-256 to a key inside the evidence; evidence signed with ECDSA P-384 or RS256',
    strengthBits: 112,
    library: NODE,
    calls: ['publicEncrypt', 'verify'],
    where: ['keys/src/attestation/'],
    keys: 'the machine’s own, for one start; its maker decides the size (Azure: 2,048 bits)',
    quantum: 'as the makers of the machines change their evidence',
  },
  {
    use: 'Checkpoints of the log',
    algorithm: 'Ed25519 over a Merkle tree of SHA-256 (RFC 6962)',
    strengthBits: 128,
    library: NODE,
    calls: ['generateKeyPairSync', 'sign', 'verify', 'hash'],
    where: ['keys/src/local-log-signer.ts', 'ledger/src/verify/'],
    keys: 'one key pair for each log, for its life; a new one begins a new log whose first entry names the old',
    quantum: 'a second signature line of ML-DSA on each checkpoint: signed notes take several',
  },
  {
    use: 'Access tokens, client assertions, proofs of possession, tokens of actor issuers',
    algorithm:
      'ES256 signed by us; ES256, ES384, EdDSA, RS384, PS256 verified by the registered key; RSA from 3,072 bits',
    strengthBits: 128,
    library: 'jose on WebCrypto',
    calls: ['jwtVerify', 'compactVerify', 'SignJWT', 'generateKeyPair'],
    where: ['server/src/features/access-tokens/', 'server/src/features/actor-issuers/', 'cli/src/connect/'],
    keys: 'ours: 30 days, published before they sign, sealed at rest. Clients’: registered with an end, rotated with overlap',
    quantum: ML_DSA,
  },
  {
    use: 'Key pairs of service clients, made by the command line',
    algorithm: 'Ed25519, P-256, P-384, RSA of 3,072 bits',
    strengthBits: 128,
    library: NODE,
    calls: ['generateKeyPairSync'],
    where: ['cli/src/commands/service.ts'],
    keys: 'in a file of mode 0600 at the service; the server knows the public half',
    quantum: ML_DSA,
  },
  {
    use: 'Signed batches (RFC 9421)',
    algorithm: 'Ed25519, ECDSA P-256 and P-384, RSA-PSS from 3,072 bits; SHA-256 or SHA-512 of the body',
    strengthBits: 128,
    library: NODE,
    calls: ['verify', 'createHash', 'timingSafeEqual'],
    where: ['server/src/features/batches/'],
    keys: 'those of the service client',
    quantum: ML_DSA,
  },
  {
    use: 'Assertions of Breakwater at Entra (RFC 7523)',
    algorithm:
      'PS256 by the certificate on record, RSA from 2,048 bits as the operator made it; SHA-256 of the certificate',
    strengthBits: 112,
    library: 'jose on WebCrypto',
    calls: ['SignJWT', 'createHash'],
    where: ['server/src/providers/credentials/entra/'],
    keys: 'a file of the secrets folder, mode 0600, read again for each token',
    quantum: 'as Entra changes',
  },
  {
    use: 'Log-in by an identity provider',
    algorithm: 'PKCE S256; ID tokens in the provider’s algorithm, mostly RS256 of 2,048 bits; private_key_jwt in ES256',
    strengthBits: 112,
    library: 'openid-client on WebCrypto',
    calls: ['oidc'],
    where: ['server/src/features/identity-providers/'],
    keys: 'the provider’s, read again with its metadata every five minutes; our client key is a file of mode 0600',
    quantum: 'as providers change; ours with them',
  },
  {
    use: 'Passkeys',
    algorithm: 'ES256, EdDSA, RS256 (authenticators of Windows Hello: 2,048 bits)',
    strengthBits: 112,
    library: '@simplewebauthn/server',
    calls: [
      'generateAuthenticationOptions',
      'generateRegistrationOptions',
      'verifyAuthenticationResponse',
      'verifyRegistrationResponse',
    ],
    where: ['server/src/features/people/passkeys/'],
    keys: 'in the authenticator; revoked by their person or by a new link',
    quantum: 'as authenticators change: algorithms are one list',
  },
  {
    use: 'Codes of authenticator apps, beside a password that the server makes',
    algorithm:
      'HOTP of a 30-second step: HMAC-SHA-1 over 160 random bits, six digits (RFC 4226, RFC 6238), each step once',
    strengthBits: 128,
    library: 'otplib',
    calls: ['generateSync'],
    where: ['server/src/features/people/totp/'],
    keys: 'sealed under a data key; revoked by their person or by a new link',
    quantum: 'HMAC stands; the preimage of SHA-1 is not what it rests on',
  },
  {
    use: 'Secrets that callers hold, and ids that count once, kept as hashes only',
    algorithm:
      'SHA-256 of 256 random bits, compared in constant time; HMAC-SHA-256 of a device code’s eight consonants, good for 10 minutes',
    strengthBits: 128,
    library: NODE,
    calls: ['randomBytes', 'randomInt', 'createHash', 'hash', 'timingSafeEqual'],
    where: [
      'server/src/features/',
      'server/src/platform/http/',
      'cli/src/connect/',
      'cli/src/commands/review/',
      'keys/src/attestation/',
    ],
    keys: 'sessions end within 8 hours, links after 15 minutes, API keys within 90 days',
    quantum: 'stays: 128 bits are left against a quantum search',
  },
  {
    use: 'Requests to AWS Bedrock: who sends which bytes (AWS Signature Version 4)',
    algorithm: 'HMAC-SHA-256 over a chain of derived keys, SHA-256 of the body; by @smithy/signature-v4',
    strengthBits: 128,
    library: NODE,
    calls: ['createHash', 'createHmac'],
    where: ['server/src/providers/bedrock/'],
    keys: 'access keys of the role or of a file in the secrets folder; not kept',
    quantum: 'stays: 128 bits are left against a quantum search',
  },
  {
    use: 'Names of content and places: documents, migrations, profiles, openings of conversations',
    algorithm: 'SHA-256',
    strengthBits: 128,
    library: NODE,
    calls: ['createHash', 'randomBytes'],
    where: [
      'deid/src/profiles/',
      'cli/src/io/',
      'server/src/platform/',
      'server/src/pipeline/tokens/',
      'server/src/features/',
      'tagger/src/',
      'cli/src/commands/review/',
    ],
    keys: 'none',
    quantum: 'stays',
  },
  {
    use: 'Connections: callers, database, providers, key services',
    algorithm:
      'TLS 1.3 (1.2 only under a recorded exception), AES-GCM or ChaCha20-Poly1305, X25519MLKEM768, X25519, P-256, P-384',
    strengthBits: 128,
    library: NODE,
    calls: ['checkServerIdentity', 'getCACertificates', 'createHash'],
    where: ['server/src/platform/tls/', 'server/src/providers/'],
    keys: 'the operator’s certificate; certificates of peers chain to a named authority and may be pinned',
    quantum: 'key exchange is hybrid with ML-KEM-768 already; certificates follow the authorities',
  },
  {
    use: 'The local certificate of a development home',
    algorithm: 'ECDSA P-256, X.509',
    strengthBits: 128,
    library: '@peculiar/x509 on WebCrypto',
    calls: ['X509CertificateGenerator', 'webcrypto'],
    where: ['server/src/platform/tls/make-identity.ts'],
    keys: 'the authority’s private key is discarded after one signature; renewed 30 days before its end',
    quantum: 'development only',
  },
]

/** Weaker than 128 bits, and why that is borne: keys that are not ours to choose. */
const WEAKER_KEYS = [
  'Keys that are not ours may have 112 bits (RSA of 2,048): identity providers’ signing keys, passkeys of Windows Hello,',
  'public certificate authorities, attested machines of Azure. To refuse them would refuse most directories of hospitals.',
  'They sign or receive what lives minutes, not what is stored; NIST SP 800-131A allows them to the end of 2030. Review: 2029.',
]

const POLICY = [
  '# Cryptography',
  '',
  'Made from `requirements/cryptography.ts` (`npm test -- -u`), whose test finds each call in the code: what stands in no',
  'row fails it. Key services, envelope and formats: [keys.md](keys.md). Rules follow NIST SP 800-57 part 1.',
  '',
  '## Rules',
  '- **Nothing of our own**: algorithms come from OpenSSL, jose, openid-client and key services. Only approved ones with 128 bits',
  '  of security or more; no MD5, SHA-1, ECB, CBC, PKCS #1 v1.5 encryption, symmetric signatures of tokens, or `none`.',
  '- **One key, one end.** A secret is shared by nobody but the replicas of one program; a private key has one holder. A data key',
  '  serves one tenant, object class, subject, use and environment, and is bound to them. PHI is sealed under data keys only;',
  '  the keyring seals the program’s own small secrets and derives tokens; the log’s key signs checkpoints and nothing else.',
  '- **Life of a key**: made by a CSPRNG or in the key service, used, rotated (old versions open, new work is under the newest),',
  '  disabled, destroyed with a certificate. Lost or exposed: rotate, re-wrap, disable the old version, end sessions and tokens.',
  '  Who administers keys reads no data (`key-administrator` meets no data role).',
  '- **Every stored form begins with a version or key id**, so that an algorithm can be replaced while old data still opens.',
  '- **Randomness** is `node:crypto` (OpenSSL’s CTR-DRBG, seeded by the kernel, which does not run dry). UUIDs are ids, not secrets.',
  '- **Refusals are alike**: a wrong key, place, tag or bit ends in one code, after the tag was checked. Secrets and MACs are',
  '  compared in constant time.',
  '',
  '## Inventory',
  '| use | algorithm | bits | library | code in `packages/` | keys and rotation | after quantum computers |',
  '| --- | --- | --- | --- | --- | --- | --- |',
]

/** docs/cryptography.md. */
export function describeCryptography(): string {
  const rows = CRYPTOGRAPHY.map(({ use, algorithm, strengthBits, library, where, keys, quantum }) => {
    const places = where.map((place) => `\`${place}\``).join(' ')
    return `| ${[use, algorithm, strengthBits, library, places, keys, quantum].join(' | ')} |`
  })
  const weaker = ['', '## Weaker keys of others', ...WEAKER_KEYS]
  const plan = [
    '',
    '## After quantum computers',
    'What is recorded today and opened later is protected first: data at rest is under 256-bit symmetric keys, and TLS offers',
    'X25519MLKEM768 before anything else. Signatures have to hold only until they are checked; they move to ML-DSA (FIPS 204)',
    'when Node, jose and the peers have it: algorithm lists are constants, stored keys carry their algorithm, tokens live minutes.',
    'The log is re-signed: its tree rests on SHA-256, so one new signature covers all that was written before.',
    '',
  ]
  return [...POLICY, ...rows, ...weaker, ...plan].join('\n')
}
