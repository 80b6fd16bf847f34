import * as z from '#zod'
import { result } from './results.js'

// The document names no action. These four are what the public guest's own code prepares for its matchers (the rules
// by which a bot picks the events it handles); its releases so far answer `unknown action type` to each.

const byId = z.strictObject({ id: z.string() })

const rule = result({
  match_type: z.string(),
  common_match: z.optional(z.nullable(z.array(z.string()))),
  ignore_case: z.optional(z.nullable(z.boolean())),
  commands: z.optional(z.nullable(z.array(z.array(z.string())))),
  force_cmd_whitespace: z.optional(z.nullable(z.boolean())),
  regex: z.optional(z.nullable(z.string())),
  regex_flags: z.optional(z.nullable(z.number())),
  restrict_to_me: z.optional(z.boolean()),
})

const matcher = {
  /** event type: `""` is any, else `metaevent`, `message`, `notice`, `request` or another */
  type: z.string(),
  rule,
  /** lower runs first */
  priority: z.number(),
  /** whether a match keeps the event from matchers of lower priority */
  block: z.boolean(),
  /** whether it is removed after one run */
  temp: z.boolean(),
  /** Unix seconds at which it expires, or null */
  expire_time: z.nullable(z.number()),
}

export const action = {
  /** The ids of all matchers. */
  'matcher/list': { result: z.array(z.string()) },
  /** One matcher. */
  'matcher/info': {
    params: byId,
    result: result({ plugin_name: z.nullable(z.string()), module_name: z.nullable(z.string()), ...matcher }),
  },
  /** Changes a matcher; the whole of it is given. */
  'matcher/hack': {
    params: z.strictObject({ id: z.string(), ...matcher }),
    result: z.null(),
  },
  /** Removes a matcher. */
  'matcher/remove': { params: byId, result: z.null() },
}
