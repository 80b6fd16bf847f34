import type { Texts } from '../../app/language.js'

const en = {
  title: 'Add a guest',
  notAdmin: 'Only an admin of this host may add guests.',
  notAdminHelp:
    'Get a link that may do it on the machine of the host (in a clone: npm run guestool -- login-link), and open it in this browser:',
  offline: 'There is no connection to the host. This goes on as soon as it is back.',
  name: {
    label: 'Name of the guest',
    help: 'This is how it is called on this page and in its address: letters from a to z, digits, “_”, “-” and “.”, 64 at most.',
    example: 'alpha',
    wrong:
      'A guest cannot be called that: only letters from a to z, digits, “_”, “-” and “.” (not first), 64 at most.',
    use: (id: string) => `Use ${id}`,
    exists: {
      alive: (id: string) => `${id} is there, and connected.`,
      unresponsive: (id: string) => `${id} is there: connected, but it does not answer.`,
      gone: (id: string) => `${id} is known, and not connected.`,
    },
    existsHelp:
      'Give another name for another guest. Or replace its token: the old one ends at once, and whoever uses it is disconnected.',
    replace: 'Replace its token',
    add: 'Add it',
  },
  address: {
    label: 'Where is the guest?',
    kind: {
      page: 'Anywhere this page can be seen from',
      public: 'Anywhere',
      network: 'In the same network',
      local: 'On the machine of the host',
      container: 'In a container on that machine',
    },
    closed: 'closed',
    closedHelp: (port: string) =>
      `The host does not listen there. End it, start it again like this (in a clone: npm start -- --address 0.0.0.0), and let port ${port} through its firewall. Tokens stay good.`,
    closedCommand: 'guestool host --address 0.0.0.0',
  },
  ways: { label: 'What joins', bot: 'A Python bot', cli: 'A machine', node: 'A Node program' },
  line: {
    copy: 'Copy',
    bot: 'Put this line into the file .env of the bot:',
    botNeeds: [
      'The bot has the plugin nonebot-plugin-guestool.',
      'It runs on Python 3.11 or newer.',
      'The line stands in its file .env: an environment variable alone is ignored.',
      'Restart the bot. It joins when it starts, and does not come back by itself after a loss.',
    ],
    cli: 'Run this on the machine, with the guestool command installed:',
    node: 'With @guestool/guest and zod installed:',
    secret:
      'The line holds a token, which is shown this once. It is saved already: the host keeps only what it needs to know it again.',
    noToken: 'This host asks nobody for a token, and takes guests of its own machine only.',
  },
  steps: {
    label: 'What the host sees',
    reached: 'The host was reached',
    token: 'The token is right',
    hello: 'It said hello',
    value: 'It gave its first value',
    state: { done: 'done', waiting: 'waiting', problem: 'problem' },
    memory: (value: string) => `memory ${value}`,
  },
  problem: {
    wrong_token: [
      'It came with a token that is not right.',
      'Copy the whole line again, replace the old one in .env, and restart the bot.',
    ],
    other_token: [
      'It is not let in under this name.',
      'Each token is for one guest. Copy the whole line again, and change nothing in it.',
    ],
    too_many: [
      'Too many wrong attempts came from its address.',
      'Wait a minute, correct the line, and start it again.',
    ],
    no_hello: [
      'It connected and said nothing.',
      'Is it the plugin that connects? A proxy in between may hold messages back.',
    ],
    bad_hello: [
      'What it said first is no hello.',
      'Use the plugin, guestool guest, or an SDK of this protocol.',
    ],
    taken: ['Another guest of this name is connected.', 'Stop that one, or add this one under another name.'],
    refused: ['The host did not let it in.', 'Below is why.'],
    left: [
      'It joined, and left before it answered.',
      'Look into its log. A bot does not come back by itself: start it again.',
    ],
    silent: [
      'It said hello and does not answer.',
      'This is what a Python before 3.11 does: run the bot on 3.11 or newer, and restart it.',
    ],
  },
  stranger: {
    certain: (guest: string) =>
      `It came as “${guest}”: the name at the end of the URL is not right. Copy the line as it is.`,
    maybe: (guest: string, address: string) =>
      `${address} tried as ${guest === '' ? 'nobody' : `“${guest}”`} and was refused. Is that it, with a slip in the line?`,
    unknown: 'somebody',
  },
  nothing: {
    title: 'Nothing has come yet?',
    saved: 'Restart the bot after the line was saved; its log says where it connects to.',
    reach: (address: string) =>
      `From its machine, ${address} must be reached: try another address above, and look at firewalls.`,
    ends: 'A bot that ends at its start did not find the name, or was answered by something else: check the address.',
  },
  done: (id: string) => `${id} is here.`,
  open: 'Look at it',
  another: 'Add another',
  close: 'Close',
  leave: 'The line was not copied, and the token cannot be seen again. Close nevertheless?',
  stay: 'Stay',
}

const zh: Texts<typeof en> = {
  title: '添加客户机',
  notAdmin: '只有该主机的管理员可以添加客户机。',
  notAdminHelp: '请在主机所在的机器上获取有权限的链接，并用此浏览器打开：',
  offline: '与主机的连接已断开。恢复后会自动继续。',
  name: {
    label: '客户机名称',
    help: '用于本页面和它的地址：字母、数字、“_”、“-”和“.”，最多 64 个字符。',
    example: 'alpha',
    wrong: '不能使用此名称：只能包含字母、数字、“_”、“-”和“.”（不能以“.”开头），最多 64 个字符。',
    use: (id) => `使用 ${id}`,
    exists: {
      alive: (id) => `${id} 已存在，并且已连接。`,
      unresponsive: (id) => `${id} 已存在：已连接，但没有应答。`,
      gone: (id) => `${id} 已存在，当前未连接。`,
    },
    existsHelp:
      '若是另一台客户机，请换一个名称。也可以更换它的令牌：旧令牌立即失效，正在使用它的客户机会被断开。',
    replace: '更换令牌',
    add: '添加',
  },
  address: {
    label: '客户机在哪里？',
    kind: {
      page: '能打开本页面的任何地方',
      public: '任何地方',
      network: '同一局域网内',
      local: '主机所在的机器上',
      container: '该机器上的容器内',
    },
    closed: '未开放',
    closedHelp: (port) =>
      `主机没有监听该地址。请结束主机，用下面的方式重新启动（在克隆的仓库中：npm start -- --address 0.0.0.0），并在防火墙中放行端口 ${port}。令牌仍然有效。`,
    closedCommand: 'guestool host --address 0.0.0.0',
  },
  ways: { label: '接入方式', bot: 'Python 机器人', cli: '一台机器', node: 'Node 程序' },
  line: {
    copy: '复制',
    bot: '把这一行写入机器人的 .env 文件：',
    botNeeds: [
      '机器人已安装插件 nonebot-plugin-guestool。',
      '运行在 Python 3.11 或更高版本上。',
      '这一行必须写在 .env 文件中：只设置环境变量会被忽略。',
      '重启机器人。它在启动时接入，断线后不会自动重连。',
    ],
    cli: '在该机器上运行（需已安装 guestool 命令）：',
    node: '安装 @guestool/guest 和 zod 之后：',
    secret: '这一行含有令牌，只显示这一次。它已经保存：主机只保留用于辨认它的信息。',
    noToken: '该主机不要求令牌，只接受本机上的客户机。',
  },
  steps: {
    label: '主机看到的情况',
    reached: '已到达主机',
    token: '令牌正确',
    hello: '已握手',
    value: '已返回第一个数值',
    state: { done: '完成', waiting: '等待中', problem: '有问题' },
    memory: (value) => `内存 ${value}`,
  },
  problem: {
    wrong_token: ['它带来的令牌不正确。', '请重新复制整行，替换 .env 中的旧行，然后重启机器人。'],
    other_token: ['不允许它使用此名称。', '每个令牌只属于一台客户机。请重新复制整行，不要改动。'],
    too_many: ['来自该地址的错误尝试过多。', '请等待一分钟，改正后重新启动。'],
    no_hello: ['它连接后什么也没说。', '连接的是该插件吗？中间的代理可能拦住了消息。'],
    bad_hello: ['它的第一条消息不是握手消息。', '请使用该插件、guestool guest 或本协议的 SDK。'],
    taken: ['同名的另一台客户机正在连接中。', '请停止那一个，或换一个名称添加。'],
    refused: ['主机没有让它接入。', '原因见下方。'],
    left: ['它接入后，尚未应答就离开了。', '请查看它的日志。机器人不会自动重连：请重新启动它。'],
    silent: [
      '它已握手，但不应答。',
      '低于 3.11 的 Python 就是这样：请改用 3.11 或更高版本运行机器人，并重启。',
    ],
  },
  stranger: {
    certain: (guest) => `它以“${guest}”的名称前来：URL 末尾的名称不对。请原样复制这一行。`,
    maybe: (guest, address) =>
      `${address} 曾以${guest === '' ? '空名称' : `“${guest}”`}尝试接入并被拒绝。是它吗？这一行里可能有笔误。`,
    unknown: '有人',
  },
  nothing: {
    title: '还没有任何动静？',
    saved: '保存这一行之后要重启机器人；它的日志会写明连接到哪里。',
    reach: (address) => `从它所在的机器必须能访问 ${address}：可在上面换一个地址，并检查防火墙。`,
    ends: '如果机器人启动时就退出，说明找不到该名称，或应答的是别的程序：请检查地址。',
  },
  done: (id) => `${id} 已接入。`,
  open: '查看',
  another: '再添加一个',
  close: '关闭',
  leave: '这一行还没有复制，令牌以后无法再次查看。仍要关闭吗？',
  stay: '先不关闭',
}

export const texts = { en, zh }
