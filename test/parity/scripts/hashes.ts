// Parity scripts of hashes: what is stored, counted, listed and refused, in either encoding.

import { lines, script } from "../script";

const READS = `
  HLEN h
  HGETALL h
  HKEYS h
  HVALS h
  OBJECT ENCODING h
  DEBUG DIGEST-VALUE h
`;

export const HASH_SCRIPTS = [
  script(
    "fields are set, read and removed",
    lines`
      HSET h a 1 b two c 3.5
      HSET h a 2 d ""
      HSET h "" empty
      HSETNX h a 3
      HSETNX h e 5
      HMSET h f 6 g 7
      HSET h __proto__ x constructor y
      HSET h "\x00\xff" "\x00\xff"
      HGET h a
      HGET h ""
      HGET h d
      HGET h nope
      HMGET h a nope "" __proto__ toString
      HEXISTS h __proto__
      HEXISTS h toString
      HSTRLEN h b
      HSTRLEN h c
      HSTRLEN h nope
      ${READS}
      HDEL h a nope a b
      HDEL h nope
      ${READS}
      HDEL h c d "" e f g __proto__ constructor "\x00\xff" nope
      EXISTS h
      TYPE h
    `,
  ),
  script(
    "a hash that is not there",
    lines`
      HGET nope a
      HMGET nope a b
      HGETALL nope
      HKEYS nope
      HVALS nope
      HLEN nope
      HSTRLEN nope a
      HEXISTS nope a
      HDEL nope a
      HRANDFIELD nope
      HRANDFIELD nope 3
      HRANDFIELD nope -3 WITHVALUES
      HSCAN nope 0
      HSCAN nope 5 NONSENSE
      EXISTS nope
    `,
  ),
  script(
    "integers are kept to the last bit",
    lines`
      HSET h a 0 b -1 c 127 d 128 e -4096 f -4097 g 32767 i 32768 j 8388607 k 8388608
      HSET h l 2147483647 m 2147483648 n 9007199254740991 o 9007199254740993
      HSET h 9223372036854775807 9223372036854775807 -9223372036854775808 -9223372036854775808
      HSET h 007 007 -0 -0 +1 +1 1.0 1.0 9223372036854775808 9223372036854775808
      ${READS}
      HGET h 9223372036854775807
      HGET h 007
      HGET h 7
      HSTRLEN h 9223372036854775807
      HSTRLEN h -9223372036854775808
      HDEL h 9223372036854775807 -9223372036854775808
      ${READS}
    `,
  ),
  script(
    "HINCRBY at the edges of 64 bits",
    lines`
      HINCRBY h a 1
      HINCRBY h a -5
      HINCRBY h a 9223372036854775807
      HINCRBY h a 9223372036854775807
      HINCRBY h b -9223372036854775808
      HINCRBY h b -1
      HINCRBY h b 9223372036854775807
      HINCRBY h c 9223372036854775808
      HINCRBY h c x
      HINCRBY h c ""
      HINCRBY h c 1.5
      HINCRBY new c x
      EXISTS new
      HSET h t text f 1.5 e "" z 007
      HINCRBY h t 1
      HINCRBY h f 1
      HINCRBY h e 1
      HINCRBY h z 1
      HINCRBY h o 9007199254740993
      HINCRBY h o 1
      ${READS}
    `,
  ),
  script(
    "HINCRBYFLOAT prints as Redis prints",
    lines`
      HINCRBYFLOAT h a 0.1
      HINCRBYFLOAT h a 0.2
      HINCRBYFLOAT h a -0.3
      HINCRBYFLOAT h b 5.0e3
      HINCRBYFLOAT h c 1e17
      HINCRBYFLOAT h c 1
      HINCRBYFLOAT h d inf
      HINCRBYFLOAT h d -inf
      HINCRBYFLOAT h d nan
      HINCRBYFLOAT h d x
      HINCRBYFLOAT h d ""
      HINCRBYFLOAT h d " 1"
      HINCRBYFLOAT new d x
      HINCRBYFLOAT new d inf
      EXISTS new
      HSET h t text i inf e ""
      HINCRBYFLOAT h t 1
      HINCRBYFLOAT h i 1
      HINCRBYFLOAT h e 1
      HINCRBYFLOAT h g 1e300
      HINCRBYFLOAT h g 1e400
      HINCRBYFLOAT h k 3
      HINCRBY h k 1
      HINCRBYFLOAT h k 0.5
      HINCRBY h k 1
      ${READS}
    `,
  ),
  script(
    "a long value makes a hashtable, and it stays one",
    lines`
      HSET h a 1 b 2
      OBJECT ENCODING h
      HSET h c xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
      OBJECT ENCODING h
      HSET h c xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
      ${READS}
      HSET h c short
      HDEL h a b
      ${READS}
      HSET i xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx v
      OBJECT ENCODING i
      HSETNX j a xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
      OBJECT ENCODING j
      HSET l xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx v
      HINCRBY l xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx 5
      OBJECT ENCODING l
      HINCRBYFLOAT m a 1e-17
      HINCRBYFLOAT m a 1e300
      OBJECT ENCODING m
      COPY h copy
      OBJECT ENCODING copy
      DEBUG DIGEST-VALUE copy
    `,
  ),
  script(
    "the thresholds follow CONFIG SET",
    lines`
      CONFIG SET hash-max-listpack-entries 3
      HSET h a 1 b 2 c 3
      OBJECT ENCODING h
      HSET h c 4
      OBJECT ENCODING h
      HSETNX h d 4
      ${READS}
      CONFIG SET hash-max-listpack-entries 0
      HSET i a 1
      OBJECT ENCODING i
      CONFIG SET hash-max-ziplist-entries 512
      CONFIG SET hash-max-listpack-value 3
      HSET j a 123
      OBJECT ENCODING j
      HINCRBY j a 877
      ${READS}
      OBJECT ENCODING j
      CONFIG SET hash-max-listpack-value 64
    `,
  ),
  script(
    "HRANDFIELD and HSCAN",
    lines`
      HSET h a 1 b 2 c 3 11 4
      HRANDFIELD h
      HRANDFIELD h 0
      HRANDFIELD h 2
      HRANDFIELD h 4
      HRANDFIELD h 40 WITHVALUES
      HRANDFIELD h 2 withvalues
      HRANDFIELD h -10
      HRANDFIELD h -10 WITHVALUES
      HRANDFIELD h x
      HRANDFIELD h 1 NONSENSE
      HRANDFIELD h 1 WITHVALUES x
      HRANDFIELD h x NONSENSE
      HRANDFIELD h -9223372036854775808
      HRANDFIELD h 9223372036854775807
      HRANDFIELD h 4611686018427387904 WITHVALUES
      HRANDFIELD h -4611686018427387904 WITHVALUES
      HRANDFIELD h 9223372036854775808
      HSCAN h 0
      HSCAN h 0 COUNT 1
      HSCAN h 0 MATCH a
      HSCAN h 0 MATCH 1* COUNT 100
      HSCAN h 0 MATCH nope
      HSCAN h 17
      HSCAN h x
      HSCAN h 0 COUNT 0
      HSCAN h 0 COUNT x
      HSCAN h 0 COUNT
      HSCAN h 0 TYPE hash
      HSCAN h 0 NONSENSE
      HSCAN nope x
    `,
  ),
  script(
    "hashes refuse other types, and wrong arguments",
    lines`
      SET s text
      HSET s a 1
      HSET s a
      HMSET s a 1
      HMSET s a 1 b
      HSETNX s a 1
      HGET s a
      HMGET s a
      HGETALL s
      HKEYS s
      HVALS s
      HLEN s
      HSTRLEN s a
      HEXISTS s a
      HDEL s a
      HINCRBY s a 1
      HINCRBY s a x
      HINCRBYFLOAT s a 1
      HINCRBYFLOAT s a x
      HRANDFIELD s
      HRANDFIELD s 1
      HRANDFIELD s x
      HSCAN s 0
      HSCAN s 0 NONSENSE
      HSCAN s x
      GET s
      HSET h a 1
      HSET h a 1 b
      HMSET h a 1 b
      HGETALL h
      GET h
      APPEND h x
      INCR h
      SET h text GET
      SET h text
      TYPE h
    `,
  ),
  script(
    "the arity of hash commands",
    lines`
      HSET
      HSET h
      HSET h a
      HMSET h a
      HSETNX h a
      HSETNX h a 1 2
      HGET h
      HGET h a b
      HMGET h
      HGETALL
      HGETALL h a
      HKEYS
      HKEYS h a
      HVALS h a
      HLEN h a
      HSTRLEN h
      HSTRLEN h a b
      HEXISTS h
      HEXISTS h a b
      HDEL h
      HINCRBY h a
      HINCRBY h a 1 2
      HINCRBYFLOAT h a
      HINCRBYFLOAT h a 1 2
      HRANDFIELD
      HSCAN h
    `,
  ),
  script(
    "keys with hashes are renamed, moved, copied and deleted",
    lines`
      HSET h a 1 b 2
      RENAME h i
      HGETALL i
      COPY i j
      HSET j a 9
      HGETALL i
      HGETALL j
      COPY i j
      COPY i j REPLACE
      HGETALL j
      MOVE j 1
      SELECT 1
      HGETALL j
      SELECT 0
      EXPIRE i 1000
      HSET i c 3
      TTL i
      PERSIST i
      DEL i
      HGETALL i
      SWAPDB 0 1
      HGETALL j
      UNLINK j
      EXISTS j
    `,
  ),
];
