// Parity scripts of SORT and SORT_RO: by numbers, texts and patterns, limited, stored and refused.

import { lines, script } from "../script";

const DATA = `
  RPUSH l 3 1 2 10 -5 1.5 1
  RPUSH words banana apple "" cherry "\\x00\\xff" Apple banana
  SADD s 5 3 9 -1
  ZADD z 3 a 1 b 2 c
  ZADD numbers 3 30 1 10 2 20
  MSET w_1 30 w_2 20 w_3 10 w_10 5 w_-5 abc w_a 2 w_b 1 w_c 0
  HSET h_1 name one weight 3 HSET x
  HSET h_2 name two weight 2
  HSET h_3 name three weight 1
`;

export const SORT_SCRIPTS = [
  script(
    "elements are sorted by themselves",
    lines`
      ${DATA}
      SORT l
      SORT l DESC
      SORT l ALPHA
      SORT l ALPHA DESC ASC
      SORT words ALPHA
      SORT words ALPHA DESC
      SORT words
      SORT s
      SORT s DESC
      SORT numbers
      SORT numbers DESC
      SORT z ALPHA
      SORT z
      OBJECT ENCODING z
      OBJECT ENCODING numbers
      SORT nokey
      SORT nokey ALPHA LIMIT 0 10
      SORT_RO l DESC LIMIT 0 3
      RPUSH odd " 5" 0x10 1e2 inf -inf 7
      SORT odd
      RPUSH odd nan
      SORT odd
      RPUSH empty "" 1 -1
      SORT empty
      RPUSH huge 1e400 1
      SORT huge
      RPUSH rest "1x"
      SORT rest
    `,
  ),
  script(
    "parts of the result are asked for",
    lines`
      ${DATA}
      SORT l LIMIT 0 3
      SORT l LIMIT 2 2
      SORT l LIMIT 5 100
      SORT l LIMIT 7 1
      SORT l LIMIT 100 1
      SORT l LIMIT -5 2
      SORT l LIMIT 0 -1
      SORT l LIMIT 2 -7
      SORT l LIMIT 0 0
      SORT l LIMIT 9223372036854775807 9223372036854775807
      SORT l LIMIT -9223372036854775808 3
      SORT l BY nosort
      SORT l BY nosort DESC
      SORT l BY nosort LIMIT 1 2
      SORT l BY nosort DESC LIMIT 1 2
      SORT z BY nosort
      SORT z BY nosort DESC
      SORT z BY nosort LIMIT 1 1
      SORT z BY nosort DESC LIMIT 0 2
      SORT z BY nosort DESC LIMIT 1 5
      SORT z BY nosort LIMIT 5 1
      SORT nokey BY nosort LIMIT 0 1
    `,
  ),
  script(
    "patterns lead to what is sorted by and what is told",
    lines`
      ${DATA}
      RPUSH ids 1 2 3 4
      SORT ids BY w_*
      SORT ids BY w_* DESC
      SORT ids BY h_*->weight
      SORT ids BY h_*->weight DESC GET #
      SORT ids BY h_*->name ALPHA
      SORT ids BY h_*->name ALPHA DESC GET h_*->name GET #
      SORT ids GET w_* GET # GET h_*->name GET nokey GET nokey_* GET h_* GET w_*->name
      SORT ids GET #->x GET *
      SORT ids BY w_*-> GET h_*->
      SORT ids BY *
      SORT z BY w_* GET # GET w_*
      SORT l BY w_*
      SORT l BY w_* ALPHA
      SORT_RO ids BY w_* GET h_*->weight LIMIT 1 2
      SORT ids BY x*y*z GET w_*_*
      RPUSH stars * "*->a"
      SET "*" star
      SORT stars ALPHA GET *
      SORT ids BY nosort GET #
    `,
  ),
  script(
    "results are stored as lists",
    lines`
      ${DATA}
      SORT l STORE out
      LRANGE out 0 -1
      TYPE out
      SORT l BY w_* GET # GET nokey_* STORE out
      SORT l BY w_1 GET # GET nokey_* STORE out
      LRANGE out 0 -1
      SORT s BY nosort STORE out
      LRANGE out 0 -1
      SORT s BY nosort DESC LIMIT 1 2 STORE out
      LRANGE out 0 -1
      SORT l STORE l
      LRANGE l 0 -1
      SET string x EX 1000
      SORT l STORE string
      TTL string
      SORT nokey STORE out
      EXISTS out
      SORT l LIMIT 100 1 STORE l
      EXISTS l
      SORT words STORE out
      EXISTS out
      DEBUG DIGEST
    `,
  ),
  script(
    "what is asked wrongly is refused",
    lines`
      ${DATA}
      SORT w_1
      SORT h_1
      SORT l NONSENSE
      SORT l LIMIT
      SORT l LIMIT 0
      SORT l LIMIT a 1
      SORT l LIMIT 0 a
      SORT l LIMIT 0 9223372036854775808
      SORT l BY
      SORT l GET
      SORT l STORE
      SORT_RO l STORE x
      SORT w_1 NONSENSE
      SORT
      SORT_RO
      COMMAND GETKEYS SORT l BY a GET b STORE c
      COMMAND GETKEYS SORT l STORE c STORE d
      COMMAND GETKEYS SORT l GET STORE STORE x
      COMMAND GETKEYS SORT_RO l BY a
      COMMAND GETKEYSANDFLAGS SORT l STORE x
    `,
  ),
];
