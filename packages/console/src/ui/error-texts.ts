import type { ErrorCode } from '@guestool/core'
import type { Texts } from '../app/language.js'

/** What happened, and what to do. */
type Told = readonly [what: string, todo: string]

const en = {
  more: 'What was said',
  load: 'A part of this page could not be loaded. Reload the page: the host may have a newer one, or be away.',
  other: 'Something in this page went wrong. Reload it, and tell whoever keeps it.',
}

const zh: Texts<typeof en> = {
  more: '原始信息',
  load: '页面的一部分无法加载。请重新加载页面：主机可能已更新，或暂时不可用。',
  other: '页面出现错误。请重新加载，并告知维护者。',
}

export const errorTexts = { en, zh }

export const toldOf: {
  readonly en: Readonly<Record<ErrorCode, Told>>
  readonly zh: Readonly<Record<ErrorCode, Told>>
} = {
  en: {
    expired: [
      'The guest did not answer within a minute.',
      'Ask for less (a shorter sampling time), or look at the guest.',
    ],
    timeout: ['The answer took too long.', 'Ask for less, or try again.'],
    aborted: ['It was called off.', ''],
    invalid_params: ['What was given does not fit.', 'Correct it; below is where.'],
    unknown_operation: [
      'The other side does not know this.',
      'It is older than this page, or speaks another contract: update it.',
    ],
    unsupported: ['The guest knows this, and does not have it.', 'Ask another guest.'],
    failed: ['It failed at the other side.', 'Below is what it says; its log may say more.'],
    busy: ['The guest works on too much at once.', 'Try again in a moment.'],
    too_large: ['It is larger than a frame may be.', 'Ask for less.'],
    invalid_result: ['The answer is not what the contract says.', 'Tell whoever wrote the guest.'],
    gone: ['The guest is not connected.', 'Start it; it comes back by itself where it dials again.'],
    unresponsive: ['The guest is connected and does not answer.', 'Restart it.'],
    forbidden: ['You may not do this.', 'Sign in with a link that allows it.'],
    connection_lost: [
      'The connection broke.',
      'It is dialled again by itself. Before you repeat an action, find out whether it was done.',
    ],
    connect_timeout: [
      'There is no connection to the host.',
      'Is it running? This page goes on by itself as soon as it is back.',
    ],
    refused: ['The host closed the connection.', 'Below is why; sign in again with a new link.'],
    closed: ['The connection was closed.', 'Reload the page.'],
    malformed: ['The other side could not read the message.', 'Tell whoever wrote it.'],
    unknown_opid: ['The other side knows no such request.', 'Tell whoever wrote it.'],
  },
  zh: {
    expired: ['客户机在一分钟内没有应答。', '请求更少的数据（缩短采样时间），或检查客户机。'],
    timeout: ['等待应答超时。', '请求更少的数据，或重试。'],
    aborted: ['已取消。', ''],
    invalid_params: ['参数不符合要求。', '请按下方提示修改。'],
    unknown_operation: ['对方不认识此操作。', '它的版本较旧，或使用另一份契约：请更新它。'],
    unsupported: ['客户机认识此操作，但不提供。', '请改查其他客户机。'],
    failed: ['对方执行失败。', '下方是它的说明；其日志可能有更多信息。'],
    busy: ['客户机同时处理的请求过多。', '请稍后重试。'],
    too_large: ['超过了单帧大小上限。', '请求更少的数据。'],
    invalid_result: ['应答与契约不符。', '请告知客户机的作者。'],
    gone: ['客户机未连接。', '请启动它；会重连的客户机将自动回来。'],
    unresponsive: ['客户机已连接，但没有应答。', '请重启它。'],
    forbidden: ['你没有此权限。', '请用有权限的链接登录。'],
    connection_lost: ['连接已断开。', '正在自动重连。重复操作之前，请先确认它是否已执行。'],
    connect_timeout: ['无法连接到主机。', '主机在运行吗？恢复后本页面会自动继续。'],
    refused: ['主机关闭了连接。', '原因见下方；请用新链接重新登录。'],
    closed: ['连接已关闭。', '请重新加载页面。'],
    malformed: ['对方无法读取该消息。', '请告知对方的作者。'],
    unknown_opid: ['对方没有此请求的记录。', '请告知对方的作者。'],
  },
}
