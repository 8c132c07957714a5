/**
 * Puts off what would move the form until the button of the pointer is up: a field that shrinks when it loses the focus would
 * otherwise move the control below it from under the pointer, between press and release, and the click would be lost. Refuses
 * to wait for anything without a press: the keyboard moves no target.
 */

let isPressed = false;
let isListening = false;

/** Call it when a component that uses {@link afterPress} mounts; listens once per page. */
export function watchPresses(): void {
  if (isListening) return;
  isListening = true;
  const press = (): void => {
    isPressed = true;
  };
  const release = (): void => {
    isPressed = false;
  };
  document.addEventListener('pointerdown', press, true);
  document.addEventListener('pointerup', release, true);
  document.addEventListener('pointercancel', release, true);
}

/** Runs now, or, while a button is pressed, right after the click that it may become. */
export function afterPress(run: () => void): void {
  if (!isPressed) {
    run();
    return;
  }
  const later = (): void => {
    document.removeEventListener('pointerup', later, true);
    document.removeEventListener('pointercancel', later, true);
    setTimeout(run, 0);
  };
  document.addEventListener('pointerup', later, true);
  document.addEventListener('pointercancel', later, true);
}
