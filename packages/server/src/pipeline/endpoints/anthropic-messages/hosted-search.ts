/** Searches that the vendor runs while it answers: they come only where an agreement covers them. */
export const SEARCH_TOOLS = ['web_search_20250305'] as const

export const SEARCH_ERRORS = [
  'too_many_requests',
  'invalid_tool_input',
  'max_uses_exceeded',
  'query_too_long',
  'request_too_large',
  'unavailable',
] as const

/** What a passage is cited from. */
export const CITATIONS = [
  'char_location',
  'page_location',
  'content_block_location',
  'search_result_location',
  'web_search_result_location',
] as const
