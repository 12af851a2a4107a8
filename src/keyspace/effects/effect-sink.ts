/** Who is given the effects of commands: the append only file, the backlog of replication. */
export interface EffectSink {
  /** Whether it is also told what changes no data and only concerns replicas (PUBLISH). */
  readonly takesMessages: boolean;
  /**
   * Takes whole commands, SELECT, MULTI and EXEC among them; called before any reply of theirs
   * leaves. The bytes are used again after the call. It must not fail: what cannot be kept is the
   * sink's to deal with.
   */
  append(bytes: Uint8Array, at: number, length: number): void;
}
