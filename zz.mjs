import { createHost } from './packages/server/dist/index.js'
import net from 'node:net'
const mode = process.argv[2]
const host = createHost({history:false}); const {port}=await host.listen(0)
import { Worker, isMainThread } from 'node:worker_threads'
import { spawn } from 'node:child_process'
const before=process.memoryUsage(); const cpu0=process.cpuUsage()
const child = spawn(process.execPath,['/tmp/atk/client.mjs',mode,String(port)],{stdio:'inherit'})
const t=setInterval(()=>{const m=process.memoryUsage(),c=process.cpuUsage(cpu0);console.log('rss',((m.rss-before.rss)/1e6)|0,'heap',((m.heapUsed-before.heapUsed)/1e6)|0,'ext',((m.external-before.external)/1e6)|0,'cpu',(c.user+c.system)/1e6|0,JSON.stringify(host.counts.consoleFrames.received),host.counts.consoles)},2000)
child.on('exit',()=>{process.exit()})
