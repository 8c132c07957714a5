/**
 * A WebAssembly instance of QuickJS with memory of its own. The compiled module is all that instances share. Its memory
 * has an end: the engine's own accounting does not know how large its blocks are, so only that end binds.
 */
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSRuntime } from 'quickjs-emscripten-core';
import { limits } from '@/core/limits';

const pageBytes = 64 * 1024;
/** What the module was linked with; less it refuses. */
const initialPages = 256;
/** Memory never shrinks. An instance that grew beyond this is given back instead of being kept. */
const keptBytes = 32 * 1024 * 1024;
/** It grows by a fifth at a time, so the last step may be one that no longer fits. */
const fullMargin = 0.2;

/** When the engine gives up it says so on the terminal as well as to its caller; once is enough. */
const silent: object = { print: () => undefined, printErr: () => undefined };

export interface Machine {
  readonly newRuntime: () => QuickJSRuntime;
  /** Bytes of its memory as it is now. */
  readonly memoryBytes: () => number;
  /** Whether it can grow no further. */
  readonly isFull: () => boolean;
  /** Whether it has become too large to keep. */
  readonly isBloated: () => boolean;
}

/** @param wasmModule the compiled QuickJS */
export async function createMachine(wasmModule: WebAssembly.Module): Promise<Machine> {
  const maximum = Math.floor(limits.codeMemoryBytes / pageBytes);
  const wasmMemory = new WebAssembly.Memory({ initial: initialPages, maximum });
  const engine = await newQuickJSWASMModuleFromVariant(
    newVariant(variant, { wasmModule, wasmMemory, emscriptenModule: silent }),
  );
  return {
    newRuntime: () => engine.newRuntime(),
    memoryBytes: () => wasmMemory.buffer.byteLength,
    isFull: () => wasmMemory.buffer.byteLength >= (1 - fullMargin) * maximum * pageBytes,
    isBloated: () => wasmMemory.buffer.byteLength > keptBytes,
  };
}
