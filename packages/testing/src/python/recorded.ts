// What the public Python guest answered when it was recorded (see recordings/infos.jsonl), as it stands on the wire.

export const recorded: ReadonlyMap<string, string> = new Map([
  [
    'python_version',
    '{"version_string": "3.11.2 (main, Apr 28 2025, 14:11:48) [GCC 12.2.0]", "version_info": {"major": 3, "minor": 11, "micro": 2, "release_level": "final", "serial": 0}}',
  ],
  [
    'cpu',
    '{"cpu_percent": 100.0, "cpu_ncores": {"physical": 2, "logical": 2}, "cpu_freq": {"current": 2596.126, "min": 0.0, "max": 0.0}, "cpu_load": {"last1m": 1.43994140625, "last5m": 1.11962890625, "last15m": 0.63720703125}}',
  ],
  [
    'memory',
    '{"mem": {"total": 25276510208, "available": 19966533632, "used": 4983652352, "percent": 21.0}, "swap": {"total": 0, "available": 0, "used": 0, "percent": 0.0}}',
  ],
  [
    'all_partitions',
    '[{"device": "/dev/vda", "mountpoint": "/", "filesystem": "ext4", "usage": {"total": 270553174016, "available": 82494373888, "used": 26449920000, "percent": 24.3}, "error": null}]',
  ],
  [
    'all_disk_io',
    '[{"device": "loop0", "read_bytes": 0, "write_bytes": 0}, {"device": "loop1", "read_bytes": 0, "write_bytes": 0}, {"device": "loop2", "read_bytes": 0, "write_bytes": 0}, {"device": "loop3", "read_bytes": 0, "write_bytes": 0}, {"device": "loop4", "read_bytes": 0, "write_bytes": 0}, {"device": "loop5", "read_bytes": 0, "write_bytes": 0}, {"device": "loop6", "read_bytes": 0, "write_bytes": 0}, {"device": "loop7", "read_bytes": 0, "write_bytes": 0}, {"device": "vda", "read_bytes": 0, "write_bytes": 0}, {"device": "zram0", "read_bytes": 0, "write_bytes": 0}]',
  ],
  [
    'all_network_io',
    '[{"device": "lo", "sent_bytes": 0, "recv_bytes": 0}, {"device": "ifb0", "sent_bytes": 0, "recv_bytes": 0}, {"device": "ifb1", "sent_bytes": 0, "recv_bytes": 0}, {"device": "eth0", "sent_bytes": 0, "recv_bytes": 0}]',
  ],
  [
    'processes',
    '[{"pid": 1, "name": "systemd", "age": 1006.648847579956, "cpu_stdperc": 0.0, "cpu_normalized": 0.0, "mem": 17027072}, {"pid": 2, "name": "kthreadd", "age": 1006.7495992183685, "cpu_stdperc": 0.0, "cpu_normalized": 0.0, "mem": 0}, {"pid": 3, "name": "dbus-daemon", "age": 1006.8504755496979, "cpu_stdperc": 0.0, "cpu_normalized": 0.0, "mem": 0}, {"pid": 4, "name": "sshd", "age": 1006.9512565135956, "cpu_stdperc": 0.0, "cpu_normalized": 0.0, "mem": 0}, {"pid": 5, "name": "python3", "age": 1007.0519812107086, "cpu_stdperc": 0.0, "cpu_normalized": 0.0, "mem": 0}]',
  ],
  [
    'system_platform',
    '{"summary": "Debian GNU/Linux 12 (bookworm) 6.18.44-fc-v657 x86_64", "system": "Debian GNU/Linux 12 (bookworm)", "release": "6.18.44-fc-v657", "cpuarch": "x86_64"}',
  ],
  [
    'time',
    '{"system": 1015.2959668636322, "nonebot": 13.595966815948486, "system_ts": 1795365479.0, "nonebot_ts": 1795366480.7}',
  ],
  ['bots', String.raw`["10001", "\u673a\u5668\u4eba-\u4e8c\u53f7"]`],
  [
    'bots_connect_time',
    String.raw`{"10001": 1795366482.5774348, "\u673a\u5668\u4eba-\u4e8c\u53f7": 1795366482.5774608, "10003": 1795366482.5774724}`,
  ],
  [
    'recv_events',
    String.raw`{"10001": {"metaevent": 0, "message": 0, "notice": 0, "request": 0, "GroupMessageEvent": 3, "PrivateMessageEvent": 1, "HeartbeatMetaEvent": 2, "GroupIncreaseNoticeEvent": 1, "FriendRequestEvent": 1}, "\u673a\u5668\u4eba-\u4e8c\u53f7": {"metaevent": 0, "message": 0, "notice": 0, "request": 0, "PrivateMessageEvent": 1}, "10003": {"metaevent": 0, "message": 0, "notice": 0, "request": 0}}`,
  ],
  [
    'apicall',
    String.raw`{"10001": {"send_msg": 3, "get_login_info": 1, "get_group_list": 2}, "\u673a\u5668\u4eba-\u4e8c\u53f7": {"send_msg": 1}, "10003": {}}`,
  ],
])

/** `all_partitions` with `physical_only` false. */
export const recordedMounts =
  '[{"device": "proc", "mountpoint": "/proc", "filesystem": "proc", "usage": {"total": 0, "available": 0, "used": 0, "percent": 0.0}, "error": null}, {"device": "sysfs", "mountpoint": "/sys", "filesystem": "sysfs", "usage": {"total": 0, "available": 0, "used": 0, "percent": 0.0}, "error": null}, {"device": "devtmpfs", "mountpoint": "/dev", "filesystem": "devtmpfs", "usage": {"total": 12630519808, "available": 12630519808, "used": 0, "percent": 0.0}, "error": null}, {"device": "tmpfs", "mountpoint": "/dev/shm", "filesystem": "tmpfs", "usage": {"total": 25276510208, "available": 25276510208, "used": 0, "percent": 0.0}, "error": null}, {"device": "devpts", "mountpoint": "/dev/pts", "filesystem": "devpts", "usage": {"total": 0, "available": 0, "used": 0, "percent": 0.0}, "error": null}, {"device": "/dev/vda", "mountpoint": "/", "filesystem": "ext4", "usage": {"total": 270553174016, "available": 82494345216, "used": 26449948672, "percent": 24.3}, "error": null}, {"device": "devpts", "mountpoint": "/dev/pts", "filesystem": "devpts", "usage": {"total": 0, "available": 0, "used": 0, "percent": 0.0}, "error": null}, {"device": "tmpfs", "mountpoint": "/dev/shm", "filesystem": "tmpfs", "usage": {"total": 25276510208, "available": 25276510208, "used": 0, "percent": 0.0}, "error": null}]'

/** What a guest without bots answers. */
export const recordedWithoutBots: ReadonlyMap<string, string> = new Map([
  ['bots', '[]'],
  ['bots_connect_time', '{}'],
  ['recv_events', '{}'],
  ['apicall', '{}'],
])

/** What stands where a partition cannot be read. */
export const recordedPartitionError = "[Errno 13] Permission denied: '/'"
