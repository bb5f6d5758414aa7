/** Items of a conversation that a model and its caller write, alike in requests and in answers. */
export const TURN_TYPES = ['message', 'function_call', 'function_call_output', 'reasoning'] as const

/** Calls of tools that the vendor runs: they come only where an agreement covers the tool. */
export const HOSTED_CALLS = [
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'mcp_call',
  'mcp_list_tools',
  'mcp_approval_request',
] as const

export const ITEM_STATUSES = [
  'in_progress',
  'completed',
  'incomplete',
  'failed',
  'searching',
  'interpreting',
  'calling',
] as const

export const PHASES = ['commentary', 'final_answer'] as const
