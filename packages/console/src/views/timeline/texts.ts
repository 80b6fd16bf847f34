import type { Texts } from '../../app/language.js'

const en = {
  title: 'Timeline',
  search: 'Search by guest, reason or address',
  everything: 'Everything',
  what: {
    joined: 'joined',
    restarted: 'restarted',
    left: 'left',
    unresponsive: 'unresponsive',
    alive: 'answers again',
    refused: 'refused',
  },
  kind: 'What happened',
  ago: (age: string) => `${age} ago`,
  from: 'from',
  code: (code: number) => `close code ${code}`,
  nobody: 'no id',
  older: 'Older',
  loading: 'Loading …',
  end: 'This is all that the host remembers.',
  full: 'The list is full. Narrow it down: look at one guest.',
  nothing: 'Nothing happened yet.',
  nothingHow: 'Here is who joined and left and why, restarts, and who stopped answering, as it happens.',
  noneFits: 'Nothing fits.',
  count: (n: number) => (n === 1 ? '1 entry' : `${n} entries`),
}

const zh: Texts<typeof en> = {
  title: '时间线',
  search: '按客户机、原因或地址搜索',
  everything: '全部',
  what: {
    joined: '接入',
    restarted: '重启',
    left: '离线',
    unresponsive: '无响应',
    alive: '恢复应答',
    refused: '被拒绝',
  },
  kind: '事件类型',
  ago: (age) => `${age}前`,
  from: '来自',
  code: (code) => `关闭码 ${code}`,
  nobody: '无名称',
  older: '更早',
  loading: '正在加载…',
  end: '主机记住的就是这些。',
  full: '列表已满。请缩小范围：查看单台客户机。',
  nothing: '还没有发生任何事。',
  nothingHow: '这里会实时显示：谁接入、谁离线及原因、重启，以及谁停止了应答。',
  noneFits: '没有符合的条目。',
  count: (n) => `${n} 条`,
}

export const texts = { en, zh }
