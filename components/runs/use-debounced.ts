'use client';

/** A value that follows another once it has stood still, so that typing does not ask a question for every letter. */
import { useEffect, useState } from 'react';

/** @param delayMs how long the value must stand still */
export function useDebounced<Value>(value: Value, delayMs: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return settled;
}
