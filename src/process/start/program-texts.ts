/**
 * What the program says of itself on the command line: -v, -h, and the names whose work is still to
 * come. Texts only; nothing here prints.
 */
import { PRODUCT_NAME, PRODUCT_VERSION } from "../../base/product";
import { REDIS_VERSION } from "../../base/redis-version";
import { buildId } from "../server-facts";

/** The first line has the form of Redis's, which scripts take apart; the second is our own. */
export function versionText(): string {
  const first = `Redis server v=${REDIS_VERSION} sha=00000000:0 malloc=libc bits=64 build=${buildId()}`;
  return `${first}\n${PRODUCT_NAME} ${PRODUCT_VERSION} on Node.js ${process.version}\n`;
}

export const HELP_TEXT = `Usage: redis-server [/path/to/redis.conf] [--directive value ...] [-]

The configuration is read in this order, and the last word counts: the file, standard input when
there is a "-", the options. An option is a directive of the file with "--" in front.

  redis-server                                   all defaults
  redis-server /etc/redis/redis.conf             a file
  redis-server --port 7777 --appendonly yes      options only
  redis-server /etc/redis/redis.conf --port 0 --unixsocket /run/redis.sock
  echo 'maxmemory 128mb' | redis-server -        from standard input
  redis-server --port 7778 --replicaof 127.0.0.1 7777

  -v, --version       shows the versions
  -h, --help          shows this
  --restore-to TIME   makes a new append only directory with what was written up to that moment
                      (Unix seconds or ISO 8601; needs aof-timestamp-enabled) and ends
  --check-system      looks for settings of this machine that a server suffers from
  --sentinel          watches over other servers; needs a file that can be written

The directives are explained in the redis.conf that comes with the program.
`;

export const TEST_MEMORY_TEXT =
  "This program does not test memory. Use a tool that is made for it, such as memtester, " +
  "or memtest86+ at boot.\n";
