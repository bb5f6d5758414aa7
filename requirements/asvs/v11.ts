import { TESTS as T } from './tests.ts'
import type { AsvsRow } from './types.ts'

/** Cryptography. */
export const V11: readonly AsvsRow[] = [
  {
    id: 'V11.1.1',
    level: 2,
    status: 'met',
    how: 'docs/cryptography.md and docs/keys.md: one key, one end; life of a key after NIST SP 800-57; duties that do not meet.',
    tests: [
      `${T.cryptography}#docs/cryptography.md is what the inventory says`,
      `${T.keysFeature}#who manages keys reads no data; who administers manages no key`,
    ],
  },
  {
    id: 'V11.1.2',
    level: 2,
    status: 'met',
    how: 'The inventory has use, algorithm, strength, library, place, keys and rotation of all cryptography; the rules say which data which key may protect.',
    tests: [
      `${T.cryptography}#every call of cryptography in the code stands in the inventory`,
      `${T.cryptography}#every row of the inventory is about code that is there`,
    ],
  },
  {
    id: 'V11.1.3',
    level: 3,
    status: 'met',
    how: 'A test finds each import of cryptography in our code and fails for one that stands in no row.',
    tests: [`${T.cryptography}#every call of cryptography in the code stands in the inventory`],
  },
  {
    id: 'V11.1.4',
    level: 3,
    status: 'met',
    how: 'Each row of the inventory says what follows it after quantum computers; key exchange is hybrid already.',
    tests: [
      `${T.cryptography}#docs/cryptography.md is what the inventory says`,
      `${T.tls}#speaks TLS 1.3 with a hybrid post-quantum exchange`,
    ],
  },
  {
    id: 'V11.2.1',
    level: 2,
    status: 'met',
    how: 'OpenSSL by Node, jose, openid-client and key services compute; Project Wycheproof’s vectors are run against what we use of them.',
    tests: [
      `${T.cryptography}#every call of cryptography in the code stands in the inventory`,
      `${T.aead}#Wycheproof $tcId: $result`,
      `${T.derive}#Wycheproof $tcId: $result`,
      `${T.signatures}#are all refused that are invalid`,
    ],
  },
  {
    id: 'V11.2.2',
    level: 2,
    status: 'met',
    how: 'Stored forms begin with a version or key id; data keys, key-encryption keys, keyring, signing keys and clients’ keys rotate while data is read; six kinds of key service pass one suite. Replacing an algorithm is a new version of a form: code, not a setting.',
    tests: [
      `${T.envelope}#of a data key: new work under the new one, old fields still open`,
      `${T.keysFeature}#of the key above: re-wrapped while fields are read and written`,
      `${T.grant}#are the same on every replica, and rotate without a refused token`,
      `${T.services}#rotates its key under load without a failed request`,
    ],
  },
  {
    id: 'V11.2.3',
    level: 2,
    status: 'met',
    how: 'What we make, register or store under has 128 bits or more: AES-256, P-256, Ed25519, RSA from 3,072 bits.',
    tests: [`${T.services}#an RSA key of less than 3,072 bits`, `${T.azureKek}#a key of 2,048 bits wraps nothing`],
    exception:
      'Keys that are not ours to choose may be RSA of 2,048 bits: identity providers, Windows Hello, public authorities, attested machines of Azure. docs/cryptography.md, review 2029.',
  },
  {
    id: 'V11.2.4',
    level: 3,
    status: 'not-met',
    how: 'Secrets and MACs are compared in constant time and OpenSSL’s primitives are, but JSON, base64 and table look-ups before them are not, and no timing was measured.',
    wouldMeet: 'a statistical timing test of the paths that hold secrets',
  },
  {
    id: 'V11.2.5',
    level: 3,
    status: 'met',
    how: 'Any altered bit, cut, place or key ends in one refusal, and nothing is handed out before its tag was checked.',
    tests: [
      `${T.envelope}#refuses after any one bit was flipped`,
      `${T.chunked}#any flipped bit, any cut and any addition ends in a refusal`,
    ],
  },
  {
    id: 'V11.3.1',
    level: 1,
    status: 'met',
    how: 'No ECB and no PKCS #1 v1.5 encryption; RSA encrypts by OAEP only. RS256 and RS384 stand for signatures of others, which this row is not about.',
    tests: [`${T.cryptography}#no algorithm is named in the code that the rules forbid`],
  },
  {
    id: 'V11.3.2',
    level: 1,
    status: 'met',
    how: 'AES-256-GCM is the only cipher of stored data, judged by Wycheproof.',
    tests: [`${T.aead}#AES-256-GCM (NIST SP 800-38D; EN-01)`, `${T.cryptography}#every call of cryptography`],
  },
  {
    id: 'V11.3.3',
    level: 2,
    status: 'met',
    how: 'GCM with tags of 16 bytes, bound to its place, and a commitment to the key.',
    tests: [
      `${T.aead}#tags of 4, 8, 12 and 15 bytes are refused`,
      `${T.envelope}#refuses at any other place: each part of it counts`,
    ],
  },
  {
    id: 'V11.3.4',
    level: 3,
    status: 'met',
    how: 'Nonces are 96 random bits; messages of a key are counted in the database before they are made, and at 2^32 the next key takes over.',
    tests: [
      `${T.envelope}#are counted over replicas and restarts, and a used-up key is rotated`,
      `${T.envelope}#two sealings of one value differ`,
    ],
  },
  {
    id: 'V11.3.5',
    level: 3,
    status: 'not-applicable',
    how: 'No cipher is combined with a MAC by us: GCM authenticates by itself.',
  },
  {
    id: 'V11.4.1',
    level: 1,
    status: 'met',
    how: 'SHA-256, SHA-384 and SHA-512 only; MD5 and SHA-1 in the code fail a test.',
    tests: [`${T.cryptography}#no algorithm is named in the code that the rules forbid`],
  },
  {
    id: 'V11.4.2',
    level: 2,
    status: 'not-applicable',
    how: 'No password is stored: there are none. What is looked up by hash has 256 random bits.',
  },
  {
    id: 'V11.4.3',
    level: 2,
    status: 'met',
    how: 'Signatures and trees rest on SHA-256 or longer.',
    tests: [
      `${T.cryptography}#no algorithm is named in the code that the rules forbid`,
      `${T.derive}#HMAC-SHA-256 (RFC 2104)`,
    ],
  },
  {
    id: 'V11.4.4',
    level: 2,
    status: 'not-applicable',
    how: 'No key is derived from a password: HKDF takes 256 random bits.',
  },
  {
    id: 'V11.5.1',
    level: 2,
    status: 'met',
    how: 'Secrets are 192 random bits or more from node:crypto; UUIDs name rows and are no secrets. The eight consonants of a device code are for a person’s eyes, good for ten minutes and locked after five guesses; what redeems it has 256 bits.',
    tests: [
      `${T.cryptography}#no number is drawn from a weak source`,
      `${T.device}#cannot be guessed: five wrong ones lock`,
    ],
  },
  {
    id: 'V11.5.2',
    level: 3,
    status: 'met',
    how: 'OpenSSL’s DRBG (one a thread, seeded and re-seeded by the kernel) does not block or run dry: hundreds of thousands of draws in a row and from threads at the same time do not repeat and do not wait.',
    tests: [`${T.nonces}#nonces do not repeat`, `${T.nonces}#no draw waits for the kernel`],
  },
  {
    id: 'V11.6.1',
    level: 2,
    status: 'met',
    how: 'Keys are made by OpenSSL or the key service on P-256, P-384, Ed25519 or RSA of 3,072 bits; foreign keys are refused off their curve, short or of another algorithm.',
    tests: [
      `${T.services}#a key off its curve`,
      `${T.services}#an RSA key of less than 3,072 bits`,
      `${T.cryptography}#every call of cryptography in the code stands in the inventory`,
    ],
  },
  {
    id: 'V11.6.2',
    level: 3,
    status: 'met',
    how: 'Keys are exchanged by TLS alone: X25519MLKEM768, X25519, P-256, P-384; finite-field groups are refused.',
    tests: [`${T.handshakes}#a finite-field group`, `${T.judges}#sslscan finds TLS 1.3 alone`],
  },
  {
    id: 'V11.7.1',
    level: 3,
    status: 'not-met',
    how: 'Memory is encrypted where the operator runs on such machines (SEV-SNP, TDX, Nitro Enclaves). Keys of a class that is set apart go to attested machines only (docs/keys.md); the gateway itself neither asks for such a machine nor checks its own.',
    wouldMeet: 'a gateway that starts only where its own machine is attested, as those that it releases keys to are',
  },
  {
    id: 'V11.7.2',
    level: 3,
    status: 'met',
    how: 'Prompts and answers are not stored; what is stored of patients is ciphertext at every moment of its writing.',
    tests: [
      `packages/keys/src/files.test.ts#is ciphertext at every moment of its writing`,
      `tests/sinks/sinks.test.ts#are in no sink`,
    ],
  },
]
