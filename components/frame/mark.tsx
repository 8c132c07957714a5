/** The mark: a channel that falls onto a wheel. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 22 22" aria-hidden="true">
      <path d="M19.3 12.3a6.8 6.8 0 1 1-11.6-4.8" />
      <path className="water" d="M1 5.5h11.5a6.8 6.8 0 0 1 6.8 6.8" />
      <circle cx="12.5" cy="12.3" r="1.7" fill="currentColor" stroke="none" />
    </svg>
  );
}
