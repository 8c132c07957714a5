/**
 * The port through which secrets are encrypted at rest. It exists so that services never see a key. Refuses to say how:
 * `server/adapters/secret-box.ts` does, and binds each box to the workspace and name it was made for.
 */
export interface SealedSecret {
  readonly sealed: Uint8Array;
  /** Which key sealed it, so that a changed key is told apart from damage. */
  readonly keyId: string;
}

export interface SecretBox {
  readonly keyId: string;
  seal(workspaceId: string, name: string, value: string): SealedSecret;
  /**
   * @throws HeadraceError `secret.unreadable` when it was sealed with another key, for another workspace or name, or
   *   was altered since
   */
  open(workspaceId: string, name: string, box: SealedSecret): string;
}
