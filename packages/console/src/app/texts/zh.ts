import type { Texts } from '../language.js'
import type { en } from './en.js'

export const zh: Texts<typeof en> = {
  name: 'GuesTool',
  fleet: '总览',
  timeline: '时间线',
  wire: '报文',
  addGuest: '添加客户机',
  navigation: '视图',
  skip: '跳到内容',
  signOut: '退出登录',
  theme: { light: '浅色主题', dark: '深色主题' },
  language: 'English',
  connection: {
    connecting: '正在连接…',
    open: '已连接',
    reconnecting: '连接已断开，正在重试…',
    closed: '已关闭',
  },
  connectionHelp: '主机在运行吗？主机恢复后，本页面会自动继续。',
  readOnly: '只读',
  signIn: {
    title: '登录',
    busy: '正在登录…',
    no_token: '该主机需要验证你的身份。',
    token_over: '你的登录已过期，或已被主机管理员终止。',
    left: '你已退出登录。',
    code_failed: '此链接无法登录。每个链接只能使用一次，有效期 10 分钟。',
    refused: '主机拒绝了本页面的连接。',
    how: '在主机所在的机器上获取登录链接（在克隆的仓库中：npm run guestool -- login-link），并用此浏览器打开：',
    command: 'guestool login-link',
    paste: '或在此粘贴链接或其中的代码：',
    go: '登录',
    again: '重试',
  },
  close: '关闭',
  cancel: '取消',
}
