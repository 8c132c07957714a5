'use client';

/** Says that what is on the screen may be old, while it may be. Goes away by itself. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { connectionStore } from './connection-store';

function subscribeOnline(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

// A live view that reconnects within this time has lost nothing worth a banner.
const graceMs = 1_500;

export function ConnectionBanner() {
  const state = useSyncExternalStore(connectionStore.subscribe, connectionStore.getState, () => 'ok' as const);
  const isOnline = useSyncExternalStore(
    subscribeOnline,
    () => navigator.onLine,
    () => true,
  );
  const isLost = state === 'lost' || !isOnline;
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (!isLost) return;
    const timer = setTimeout(() => setShown(true), graceMs);
    return () => {
      clearTimeout(timer);
      setShown(false);
    };
  }, [isLost]);

  return (
    <div role="status">
      {isShown && (
        <div className="connection">
          <Icon name="offline" />
          <strong>{isOnline ? 'Connection lost' : 'This computer is offline'}</strong>
          <span className="muted">What you see may be out of date. It catches up when the connection is back.</span>
          <Button small className="push" icon="retry" onClick={() => location.reload()}>
            Reload
          </Button>
        </div>
      )}
    </div>
  );
}
