import { boolean, list, nothing, nullable, number, optional, params, result, string } from './vocabulary.js'

// The document names no action. These four are what the public guest's own code prepares for its matchers (the rules
// by which a bot picks the events it handles); its releases so far answer `unknown action type` to each.

const byId = params({ id: string })

const rule = result({
  match_type: string,
  common_match: optional(nullable(list(string))),
  ignore_case: optional(nullable(boolean)),
  commands: optional(nullable(list(list(string)))),
  force_cmd_whitespace: optional(nullable(boolean)),
  regex: optional(nullable(string)),
  regex_flags: optional(nullable(number)),
  restrict_to_me: optional(boolean),
})

const matcher = {
  /** event type: `""` is any, else `metaevent`, `message`, `notice`, `request` or another */
  type: string,
  rule,
  /** lower runs first */
  priority: number,
  /** whether a match keeps the event from matchers of lower priority */
  block: boolean,
  /** whether it is removed after one run */
  temp: boolean,
  /** Unix seconds at which it expires, or null */
  expire_time: nullable(number),
}

export const action = {
  /** The ids of all matchers. */
  'matcher/list': { result: list(string) },
  /** One matcher. */
  'matcher/info': {
    params: byId,
    result: result({ plugin_name: nullable(string), module_name: nullable(string), ...matcher }),
  },
  /** Changes a matcher; the whole of it is given. */
  'matcher/hack': {
    params: params({ id: string, ...matcher }),
    result: nothing,
  },
  /** Removes a matcher. */
  'matcher/remove': { params: byId, result: nothing },
}
