import type { Finding } from './fuzzer.js'

/**
 * Every case that ever found something, in the SDK or in a copy that was broken on purpose: none may do so again. Each
 * is as short as it still finds what it found.
 */
export const corpus: readonly Finding[] = [
  { target: 'codec', problem: 'decode threw', steps: ['1"'] },
  {
    target: 'requester of revision 2, addressed',
    problem: 'a key "__proto__" came through',
    steps: ['!do', '{"opid":"$older","opnm":"","opct":{"":{"a":{"b":true,"__proto__":""}},"s":""}}'],
  },
  {
    target: 'requester of revision 2',
    problem: '1 of 6 calls never settled',
    steps: ['!do', '{"opid":"$heard"'],
  },
  { target: 'requester of revision 1', problem: 'after the end there are 1 timers', steps: ['!do'] },
  {
    target: 'client of revision 1',
    problem: 'a code that is none',
    steps: [
      '!do 0',
      '{"opid":"$heard","opnm":"","opct":null}',
      '{"opid":"$heard","opnm":"","opct":{"error":"","code":"__proto__"}}',
    ],
  },
  {
    target: 'responder of revision 1',
    problem: 'a refusal much longer than what it refuses',
    steps: ['{"opid":"$fresh","opnm":"/info","opct":{"info":"memory"}}'],
  },
  {
    target: 'responder of revision 1, addressed',
    problem: 'a frame larger than may be was sent',
    steps: ['{"opid":"$fresh","opnm":"/info","opct":{"info":"apicall"}}'],
  },
  {
    target: 'responder of revision 1, addressed',
    problem: '".alpha" came through as a guest',
    steps: ['{"opid":"$fresh","opnm":"/guests/.alpha/info","opct":{"info":""}}'],
  },
  {
    target: 'responder of revision 2',
    problem: '18 bad frames were borne',
    steps: Array.from({ length: 18 }, () => ''),
  },
  {
    target: 'requester of revision 1',
    problem: 'a large hello was echoed',
    steps: [`{"opid":"$fresh","opnm":"/hello","opct":"${'a'.repeat(5_000)}"}`],
  },
  {
    target: 'host that authenticates',
    problem: 'nobody caught URIError: URI malformed',
    steps: ['!visit {"url":"/guests?token=%","headers":{}}'],
  },
  {
    target: 'host that authenticates',
    problem: 'Invalid URL',
    steps: ['!visit {"url":"/guests/","headers":{"origin":""}}'],
  },
  {
    target: 'host that authenticates',
    problem: 'a token was told',
    steps: ['!visit {"url":"/guests/y","headers":{"authorization":"Bearer $nobody"}}'],
  },
]
