// The batch that the page shows: made of files, or found by the id in the page's address.
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { gateway } from '../gateway.ts';
import { batchInAddress, putInAddress } from './address.ts';
import { BatchSession, type SessionPorts } from './batch-session.ts';
import { oncePerFrame } from './frame.ts';
import type { NamedFile } from './named-file.ts';
import { uploadBatch } from './upload.ts';

export interface BatchControl {
  readonly session: BatchSession | null;
  /** False if nothing was begun, because another upload would be lost. */
  begin(files: readonly NamedFile[], model: string | undefined): boolean;
  close(): void;
}

const GATEWAY: Omit<SessionPorts, 'changed'> = {
  uploadBatch,
  cancelBatch: (id) => gateway.cancelBatch(id),
  fetchItems: (id, after) => gateway.itemPage(id, after),
  listen: (...request) => gateway.listen(...request),
};

export function useBatch(): BatchControl {
  const [session, setSession] = useState<BatchSession | null>(null);
  const current = useRef<BatchSession | null>(null);
  const [, redraw] = useReducer((drawn: number) => drawn + 1, 0);
  const frame = useMemo(() => oncePerFrame(() => redraw(undefined)), []);

  const show = useCallback((next: BatchSession | null) => {
    current.current?.close();
    current.current = next;
    setSession(next);
    putInAddress(next?.id ?? null);
    void next?.start();
  }, []);
  const ports = useMemo((): SessionPorts => ({ ...GATEWAY, changed: frame.request }), [frame]);
  function begin(files: readonly NamedFile[], model: string | undefined): boolean {
    if (current.current?.phase === 'uploading') return false;
    show(new BatchSession(crypto.randomUUID(), ports, files, model));
    return true;
  }

  useEffect(() => {
    function readAddress(): void {
      const id = batchInAddress();
      if (id === (current.current?.id ?? null)) return;
      // Going back must not cost an upload.
      if (current.current?.phase === 'uploading') putInAddress(current.current.id);
      else show(id === null ? null : new BatchSession(id, ports));
    }
    readAddress();
    const listening = new AbortController();
    window.addEventListener('hashchange', readAddress, listening);
    window.addEventListener('popstate', readAddress, listening);
    return () => {
      listening.abort();
      frame.cancel();
      current.current?.close();
    };
  }, [frame, ports, show]);

  const isUploading = session?.phase === 'uploading';
  useEffect(() => {
    if (!isUploading) return;
    // The browser asks whether to stay.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isUploading]);

  return { session, begin, close: () => show(null) };
}
