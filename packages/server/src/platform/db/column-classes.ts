/**
 * What the columns hold that could hold anything (text, arrays of it, bytes, JSON). A new one must be declared here before it
 * lands; one that holds anything of a patient is `ciphertext` or a keyed `hash`, never else.
 */
type ColumnClass =
  /** Ids, codes, words of a closed list, names that people chose for systems. */
  | 'name'
  /** SHA-256, HMAC or a keyed reference. */
  | 'hash'
  /** Sealed under a data key; what opens it is not in this database. */
  | 'ciphertext'
  | 'public-key'
  /** Policies, manifests and signatures: checked to hold ids, no values. */
  | 'document'
  /** An entry of the ledger, by its closed schema. */
  | 'log'
  /** About staff: who they are and where they came from. */
  | 'staff'
  /** Once plain, now sealed beside it: may be emptied, never written. */
  | 'retired'

/** `column:class` of each table, by name. */
export const COLUMN_CLASSES: Readonly<Record<string, `${string}:${ColumnClass}`>> = {
  access_grants: 'roles:name purposes:name ended_reason:name',
  access_requests:
    'kind:name roles:name purposes:name justification:retired sealed_justification:ciphertext answer:name',
  access_token_keys: 'kid:hash public_jwk:public-key sealed_jwk:ciphertext',
  actor_issuers: 'issuer:name audience:name keys:public-key',
  agreements:
    'kind:name endpoints:name models:name purposes:name hosts:name features:name regions:name exemption_kind:name exemption_reference:name conditions:name covered_entity:name business_associate:name subcontractor:name chain:name clauses:name',
  alerts: 'kind:name source:staff',
  attestation_challenges: 'nonce_sha256:hash object_class:name rule_sha256:hash',
  batches: 'manifest:document manifest_sha256:hash signature:document signature_input:document kid:hash',
  break_glass: 'justification:retired sealed_justification:ciphertext control:name finding:name',
  data_key_wraps: 'data_key:ciphertext provider:name kek_id:name kek_version:name',
  data_key_changes: 'data_key:name',
  data_keys:
    'id:name environment:name object_class:name subject:name use:name provider:name kek_id:name kek_version:name ciphertext:ciphertext commitment:hash record_mac:hash',
  device_codes: 'sha256:hash user_code_mac:hash client:name scopes:name address:staff user_agent:staff answer:name',
  evaluation_items: 'patient:hash sealed_sample:ciphertext',
  evaluation_sets: 'kind:name',
  exceptions: 'kind:name subject:name justification:retired sealed_justification:ciphertext',
  freezes: 'scope:name',
  identity_providers:
    'label:staff issuer:name client_id:name client_authentication:name credential_file:name key_id:name scopes:name subject_claim:name groups_claim:name groups:name mfa:name phishing_resistant:name',
  installation: 'environment:name',
  invitations: 'sha256:hash kind:name name:staff roles:name',
  kek_events: 'provider:name kek_id:name kek_version:name event:name',
  kept_feedback: 'kind:name rating:name reason:name patient:hash sealed_comment:ciphertext',
  kept_history:
    'kind:name endpoint:name model:name purpose:name patient:hash classes:name sealed_request:ciphertext sealed_answer:ciphertext sealed_restored_request:ciphertext sealed_restored_answer:ciphertext',
  kept_rules: 'kind:name purpose:name reason:name',
  keyring_secrets:
    'label:name id:name environment:name provider:name kek_id:name kek_version:name ciphertext:ciphertext commitment:hash record_mac:hash',
  ledger_checkpoints: 'root:hash',
  ledger_entries: 'kind:name entry:log',
  legal_bases:
    'kind:name purposes:name data_class:name principals:name elements:name document_sha256:hash patients:hash expiry_event:name end_reason:name',
  line_batches: 'endpoint:name credential_kind:name credential_id:hash sealed_context:ciphertext state:name',
  line_file_lines: 'url:name sealed_line:ciphertext',
  line_files: 'sealed_name:ciphertext part:name',
  line_results: 'state:name sealed_result:ciphertext',
  limit_counters: 'subject:name',
  limit_leases: 'subject:name',
  limits: 'principal:name purpose:name provider:name metric:name span:name currency:name',
  migrations: 'name:name sha256:hash',
  minimum_policies: 'roles:name purposes:name endpoints:name models:name rules:document',
  model_prices: 'model:name currency:name',
  passkeys: 'id:staff public_key:public-key transports:name label:staff',
  people: 'name:staff issuer:staff subject:staff groups:name',
  policy_activations: 'sha256:hash',
  policy_drafts: 'sha256:hash origin:name',
  policy_folders: 'folder:name version:name sha256:hash state:name',
  policy_sets: 'sha256:hash document:document',
  principal_tokens: 'sha256:hash ranges:name scopes:name reason:name',
  principals: 'kind:name roles:name purposes:name default_purpose:name labels:name',
  providers:
    'kind:name base_url:name region:name api_key_file:name models:name pins:hash upstream_models:name settings:name fallbacks:name',
  recertification_items: 'kind:name subject:name roles:name purposes:name answer:name',
  recertifications: 'scope:name reviewers:name',
  seen_once: 'kind:name sha256:hash',
  service_client_keys: 'kid:hash algorithm:name jwk:public-key',
  scim_groups: 'display_name:name external_id:name',
  scim_tokens: 'sha256:hash subject_attribute:name ranges:name',
  scim_users: 'sealed_user_name:ciphertext user_name_mac:hash sealed_external_id:ciphertext external_id_mac:hash',
  service_clients: 'scopes:name certificates:hash certificate_uris:name',
  session_policies: 'on_concurrent_use:name',
  sessions: 'sha256:hash carrier:name method:name address:staff user_agent:staff end_reason:name scopes:name',
  signin_failures: 'kind:name subject_mac:hash',
  sweep_counts: 'kind:name key_mac:hash',
  totp_factors: 'password_sha256:hash sealed_secret:ciphertext',
  used_challenges: 'sha256:hash',
  vendor_facts:
    'endpoint:name feature:name model:name region:name coverage:name conditions:name lifted_by:name subprocessors:name agreement_term:name source_url:name',
}
