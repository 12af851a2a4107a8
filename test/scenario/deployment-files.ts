// The files of the deployment, as they were written for Redis 3.2.1 and are still in use: a server and
// a Sentinel on each of three hosts, which are three loopback addresses here. Because every loopback
// connection comes from 127.0.0.1, each names itself (the two announce lines); real hosts need neither.

export const HOSTS = ["127.0.0.172", "127.0.0.173", "127.0.0.174"] as const;
/** The host whose server is the master at first. */
export const FIRST_MASTER = "127.0.0.173";
export const PASSWORD = "ghost+db@hz2016";
export const SERVER_PORT = 6379;
export const SENTINEL_PORT = 26379;
export const MASTER_NAME = "mymaster";
export const DOWN_AFTER_MS = 5000;

export function serverFile(host: string, dir: string): string {
  const follows = host === FIRST_MASTER ? "" : `slaveof ${FIRST_MASTER} ${SERVER_PORT}\n`;
  return `bind ${host}
protected-mode yes
port ${SERVER_PORT}
tcp-backlog 511
timeout 0
tcp-keepalive 300
daemonize yes
supervised no
pidfile ${dir}/redis_6379.pid
${follows}masterauth "${PASSWORD}"
requirepass "${PASSWORD}"
loglevel notice
logfile "${dir}/redis.log"
databases 16
save 900 1
save 300 10
save 60 10000
stop-writes-on-bgsave-error yes
rdbcompression yes
rdbchecksum yes
dbfilename dump.rdb
dir ${dir}/data/
slave-serve-stale-data yes
slave-read-only yes
repl-diskless-sync no
repl-diskless-sync-delay 5
repl-disable-tcp-nodelay no
slave-priority 100
appendonly no
appendfilename "appendonly.aof"
appendfsync everysec
no-appendfsync-on-rewrite no
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 64mb
aof-load-truncated yes
lua-time-limit 5000
slowlog-log-slower-than 10000
slowlog-max-len 128
latency-monitor-threshold 0
notify-keyspace-events ""
hash-max-ziplist-entries 512
hash-max-ziplist-value 64
list-max-ziplist-size -2
list-compress-depth 0
set-max-intset-entries 512
zset-max-ziplist-entries 128
zset-max-ziplist-value 64
hll-sparse-max-bytes 3000
activerehashing yes
client-output-buffer-limit normal 0 0 0
client-output-buffer-limit slave 256mb 64mb 60
client-output-buffer-limit pubsub 32mb 8mb 60
hz 10
aof-rewrite-incremental-fsync yes
slave-announce-ip ${host}
`;
}

export function sentinelFile(host: string, dir: string): string {
  return `port ${SENTINEL_PORT}
bind ${host}
daemonize yes
logfile "${dir}/sentinel.log"
pidfile "${dir}/sentinel.pid"
dir "${dir}/tmp"
sentinel monitor ${MASTER_NAME} ${FIRST_MASTER} ${SERVER_PORT} 2
sentinel down-after-milliseconds ${MASTER_NAME} ${DOWN_AFTER_MS}
sentinel parallel-syncs ${MASTER_NAME} 1
sentinel auth-pass ${MASTER_NAME} ${PASSWORD}
sentinel failover-timeout ${MASTER_NAME} 180000
sentinel announce-ip ${host}
`;
}
