/**
 * Tells every process that something a cache may hold has changed in a workspace: routes, keys, flow facts. A note is a
 * hint; caches also expire by themselves, because a hint can be lost.
 */
export interface WorkspaceChanges {
  publishChange(workspaceId: string): Promise<void>;
  /** Calls back for changes that any process published, this one included. @returns stops calling back */
  onChange(listener: (workspaceId: string) => void): () => void;
}
