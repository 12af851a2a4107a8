// Parity scripts of the wire: inline commands, requests cut anywhere, and requests that are wrong.

import { lines, type ParityScript, script } from "../script";

/** Requests after which Redis answers an error and closes; each gets a connection of its own. */
const FATAL: readonly string[] = [
  lines`*1\r\n:4\r\nPING\r\n`,
  lines`*1\r\n+PING\r\n`,
  lines`*1\r\nPING\r\n`,
  lines`*1\r\n\r\n`,
  lines`*1\r\n$\r\n`,
  lines`*1\r\n$abc\r\n`,
  lines`*1\r\n$-1\r\n`,
  lines`*1\r\n$-2\r\n`,
  lines`*1\r\n$4x\r\nPING\r\n`,
  lines`*1\r\n$ 4\r\nPING\r\n`,
  lines`*1\r\n$+4\r\nPING\r\n`,
  lines`*1\r\n$04\r\nPING\r\n`,
  lines`*1\r\n$536870913\r\n`,
  lines`*1\r\n$9223372036854775807\r\n`,
  lines`*1\r\n$9223372036854775808\r\n`,
  lines`*1\r\n$99999999999999999999\r\n`,
  lines`*abc\r\n`,
  lines`*1x\r\n`,
  lines`* 1\r\n`,
  lines`*+1\r\n`,
  lines`*2147483648\r\n`,
  lines`*9223372036854775807\r\n`,
  lines`*9223372036854775808\r\n`,
  lines`*99999999999999999999\r\n`,
  lines`*-9223372036854775809\r\n`,
  lines`*\r\n`,
  lines`*01\r\n$4\r\nPING\r\n`,
  lines`*1\r\n$4\r\nPING\r\n*x\r\n`,
  lines`PING\r\n*1\r\n-\r\n`,
  lines`GET "abc\r\n`,
  lines`GET "abc"d\r\n`,
  lines`GET 'abc\r\n`,
  lines`GET 'a'b\r\n`,
  lines`"\r\n`,
  lines`SET k "\\x4\r\n`,
  lines`*2\r\n$4\r\nECHO\r\n*1\r\n`,
  lines`*2\r\n$4\r\nECHO\r\nx\r\n`,
];

/** Requests that are strange and still answered; each is followed by a PING. */
const BEARABLE: readonly string[] = [
  lines`\r\n`,
  lines`\n`,
  lines`\r\n\r\n\r\n`,
  lines`   \r\n`,
  lines`*0\r\n`,
  lines`*-1\r\n`,
  lines`*-5\r\n`,
  lines`*-9223372036854775808\r\n`,
  lines`*1\r\n$4\r\nPINGxx`,
  lines`PING\n`,
  lines`PING\r\n`,
  lines`  PING  \r\n`,
  lines`PING hello\r\n`,
  lines`PING "hello world"\r\n`,
  lines`PING 'single'\r\n`,
  lines`PING 'it\\'s'\r\n`,
  lines`PING "\\x41\\n\\r\\t\\a\\b\\\\\\"\\q"\r\n`,
  lines`PING "\\xZZ"\r\n`,
  lines`PING ""\r\n`,
  lines`PING ''\r\n`,
  lines`PING\t"tab"\r\n`,
  lines`PING a"b\r\n`,
  lines`PING \x0b\x0cx\r\n`,
  lines`PING "a\x00b"\r\n`.replace(lines`a\x00b`, "nul"),
  lines`SET "" ""\r\nGET ""\r\n`,
  lines`SET k v\r\nGET k\r\nGET nope\r\n`,
  lines`*1\r\n$0\r\n\r\n`,
  lines`*2\r\n$0\r\n\r\n$0\r\n\r\n`,
  lines`nosuch command here\r\n`,
  lines`*2\r\n$4\r\nECHO\r\n$7\r\na\r\nb\x00\xff\n\r\n`,
  lines`*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\nPING\r\n*1\r\n$4\r\nPING\r\n`,
  lines`\r\n*1\r\n$4\r\nPING\r\n\n\nPING\r\n`,
];

function fatalScripts(): ParityScript[] {
  return FATAL.map((request, index) =>
    script(`fatal request ${index}: ${request}`, `PING\n.send "${escaped(request)}"\n.closed`),
  );
}

function bearableScripts(): ParityScript[] {
  // How many replies come is not the script's business: what matters is that they are the same up
  // to the reply of QUIT, and that both close then.
  return BEARABLE.map((request, index) =>
    script(
      `bearable request ${index}: ${request}`,
      `.send "${escaped(request)}"\n.send "PING end\\r\\nQUIT\\r\\n"\n.closed`,
    ),
  );
}

/** Quotes inside a request belong to it, not to the script's line. */
function escaped(request: string): string {
  return request.replace(/(\\\\)?"/g, (match) => (match === '"' ? '\\"' : '\\\\\\"'));
}

export const PROTOCOL_SCRIPTS: readonly ParityScript[] = [
  ...fatalScripts(),
  ...bearableScripts(),
  script(
    "limits on lines and counts",
    lines`
      [a] .send {x*65537}
      [a] .closed
      [b] .send "*"
      [b] .send {1*65537}
      [b] .closed
      [c] .send "*1\r\n$"
      [c] .send {1*65537}
      [c] .closed
      [d] .send "*1048576\r\n"
      [d] .disconnect
      [e] .send "*2\r\n$4\r\nECHO\r\n$536870912\r\n"
      [e] .disconnect
      [f] .send "*1048577\r\n"
      [f] .disconnect
      [g] .send "*2147483647\r\n$4\r\nPING\r\n"
      [g] .disconnect
      [h] PING
    `,
  ),
  script(
    "inline commands of almost the longest length",
    lines`
      .send "ECHO "
      .send {y*65000}
      .send "\r\n"
      .read
      PING
    `,
  ),
  script(
    "proto-max-bulk-len",
    lines`
      CONFIG SET proto-max-bulk-len 1mb
      [b] .send "*2\r\n$4\r\nECHO\r\n$1048577\r\n"
      [b] .closed
      [c] ECHO {x*1048576}
      SET k {x*1048000}
      APPEND k {y*1000}
      SETRANGE k 1048576 x
      SETRANGE k 1048575 x
      STRLEN k
      CONFIG SET proto-max-bulk-len 512mb
    `,
  ),
  script(
    "half a request, then the rest",
    lines`
      .send "*"
      .send "2"
      .send "\r"
      .send "\n$4\r\nEC"
      .send "HO\r\n$"
      .send "5\r\nhe"
      .send "llo\r"
      .send "\nPI"
      .send "NG\r\n"
      .read 2
      PING
    `,
  ),
  script(
    "HTTP words",
    lines`
      [a] .send "GET / HTTP/1.1\r\nHost: localhost\r\n\r\nSET k v\r\n"
      [a] .closed
      [b] .send "POST / HTTP/1.1\r\nX: y\r\n\r\nSET k v\r\n"
      [b] .closed
      [c] GET k
      [d] .send "host: abc\r\n"
      [d] .closed
      [e] .send "post\r\n"
      [e] .closed
      [f] .send "*1\r\n$4\r\nPOST\r\n"
      [f] .closed
      [g] .send "*2\r\n$5\r\nhost:\r\n$1\r\nx\r\n"
      [g] .closed
    `,
  ),
  script(
    "large pipelines",
    Array.from({ length: 50 }, () =>
      [
        lines`.send "SET k v\r\nGET k\r\nINCR k\r\nINCR n\r\nNOSUCH\r\nMGET k n nope\r\n"`,
        ".read 6",
      ].join("\n"),
    ).join("\n"),
  ),
];
