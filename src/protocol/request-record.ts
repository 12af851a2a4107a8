/**
 * Words of the record table that the scanner and both transports fill: what a request, a line and a
 * protocol error look like, and the limits that make one. Events of the socket's life (accepted,
 * closed) are the transport's and stand in net/transport.ts, which also hands these names on.
 */

/**
 * Layout of `table` (32-bit words). A command record is
 *   [slot, argc, nameHash, keyHash, start, offset0, length0, offset1, length1, ...]
 * - nameHash: FNV-1a over argument 0, each byte OR 0x20, at most its first 32 bytes.
 * - keyHash: HalfSipHash-1-3 of argument 1 with the server's key; 0 when argc is 1.
 * - start: offset in `input` of the first byte of the request, for `hold`.
 * An event record is
 *   [slot, EVENT_BIT | kind, aux, 0, start]          (five words, no arguments)
 * except INLINE, whose words 5 and 6 are offset and length of the line (without CR LF), and whose
 * argc word is EVENT_BIT | EVENT_INLINE.
 */
export const RECORD_HEADER_WORDS = 5;
export const EVENT_BIT = 0x80000000;

/** The request breaks the protocol; aux is one of PROTOCOL_*. Reading has stopped; the server
 * answers with the error text and closes after the reply. */
export const EVENT_PROTOCOL_ERROR = 3;
/** One line of an inline command (quoting is the server's work). */
export const EVENT_INLINE = 4;

/** `*N` that is not a number or above 2^31-1. */
export const PROTOCOL_MULTIBULK_LENGTH = 1;
/** A bulk header that does not begin with `$`; aux's bits 8-15 hold the byte found instead. */
export const PROTOCOL_EXPECTED_DOLLAR = 2;
/** `$N` that is not a number, negative, or above proto-max-bulk-len. */
export const PROTOCOL_BULK_LENGTH = 3;
/** A header line `*...` longer than 64 KiB without its end. */
export const PROTOCOL_BIG_COUNT_LINE = 4;
/** A header line `$...` longer than 64 KiB without its end. */
export const PROTOCOL_BIG_BULK_LINE = 5;
/** An inline line longer than 64 KiB without its end. */
export const PROTOCOL_BIG_INLINE = 6;
/** More than 10 arguments before authentication. */
export const PROTOCOL_UNAUTHENTICATED_COUNT = 7;
/** An argument over 16 KiB before authentication. */
export const PROTOCOL_UNAUTHENTICATED_BULK = 8;

export const MAX_HEADER_LINE_BYTES = 65536;
export const UNAUTHENTICATED_MAX_ARGUMENTS = 10;
export const UNAUTHENTICATED_MAX_BULK_BYTES = 16384;
