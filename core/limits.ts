/** Every limit of the product in one place, each with its reason. A limit without a reason is a bug. */

const KiB = 1024;
const MiB = 1024 * KiB;

export const limits = {
  /** Default body of a webhook or API request: large enough for business documents, small enough to buffer. */
  bodyBytes: MiB,
  /** What one webhook may raise that to: the raw bytes are kept beside the parsed body, and both pass through memory. */
  webhookBodyMaxBytes: 10 * MiB,
  /** Nesting of accepted JSON: deeper than any business document, shallower than any recursive walk's stack. */
  jsonDepth: 64,
  /** Values up to this size live inline in a row; larger ones become a payload reference, so hot pages stay dense. */
  inlineValueBytes: 8 * KiB,
  /** A step's output: beyond it the journal would hold files; those belong in a store of files. */
  stepOutputBytes: 4 * MiB,
  /** Response body an http.request reads before it ends the attempt: bounds the memory of one worker. */
  httpResponseBytes: 4 * MiB,
  /** Redirects an http.request follows: enough for http→https→canonical host, too few for a loop to hurt. */
  httpRedirects: 5,
  /** Characters of a refused answer kept in the step's error: enough to read the cause, not a second payload. */
  httpErrorExcerptLength: 2000,
  /** A payload shown in the browser unless more is asked for: keeps the page responsive. */
  browserPayloadBytes: 100 * KiB,
  /** Steps of one flow: the engine folds them per append and a canvas must stay legible. */
  flowSteps: 1000,
  /** Wires of one flow: four per step, beyond which nobody can follow them. */
  flowEdges: 4000,
  /** Length of names and labels: one line on a card or in a list. */
  nameLength: 120,
  /** Length of notes, comments and reasons: a page of text, not a document. */
  noteLength: 4000,
  /** Length of one expression: longer logic belongs in a code step. */
  expressionLength: 8 * KiB,
  /** Steps of evaluation (fuel) one expression may spend: about 50 ms of work on the reference machine. */
  expressionFuel: 200_000,
  /** Nesting and recursion of one expression: deeper than any written by hand, far below the end of the stack. */
  expressionDepth: 200,
  /** Steps of one check against a JSON Schema: half a second of work, many times what four megabytes of data take. */
  schemaFuel: 5_000_000,
  /** Length of the source of a code step: a page of logic, parsed on every publish; a program belongs in a service. */
  codeSourceLength: 64 * KiB,
  /** Tokens read while the types of a source are parsed, repetitions included: half a second of work at the worst. */
  codeParseFuel: 200_000,
  /** Memory of one evaluation of code: what a few megabytes of JSON become as objects, in and out, and no more. */
  codeMemoryBytes: 128 * MiB,
  /** Stack of one evaluation of code: some thousands of calls deep, well within the stack of its thread. */
  codeStackBytes: 512 * KiB,
  /** Longest one evaluation may take: it computes alone on one of few threads that all workspaces share. */
  codeTimeoutMaxMs: 60_000,
  /** How long after its time limit a thread may stay silent before it is ended: what cannot be interrupted is rare. */
  codeKillMarginMs: 250,
  /** Evaluations that wait for a thread: each holds its input in memory; beyond it the step is told to come later. */
  codeQueue: 2000,
  /** Lines that one evaluation may print: enough to follow what it did; more is a flood that nobody reads. */
  codeLogLines: 200,
  /** Length of what it prints in all: kept in the journal of the run with every attempt. */
  codeLogLength: 16 * KiB,
  /** How long a worker may go unseen before its runs are taken over: several missed heartbeats, not one. */
  workerLeaseMs: 6_000,
  /** Attempts lost with their worker do not count as tries; this cap protects the pool from a step that kills workers. */
  lostAttempts: 10,
  /** Text attributes of an event (id, source, subject): several share one index entry of at most 2.7 KB. */
  eventAttributeBytes: 1024,
  /** A tag is a business key to find runs by, not a document; index entries are bounded too. */
  tagLength: 200,
  /** The key of a wait as JSON text: it names one thing, and stands in the journal and in the reason of its run. */
  waitKeyLength: 4 * KiB,
  /** Characters of such a key that an index holds as they are; a longer one is kept there as its digest. */
  waitKeyIndexedLength: 200,
  /** The expression that finds the key in an event: part of an index entry, which holds 2.7 KB with type and key. */
  waitExpressionLength: 400,
  /** Flows an event may travel through before it is held to be a loop. */
  eventHops: 32,
  /** Time of one attempt unless the step says otherwise: longer than a system that is well takes to answer. */
  attemptTimeoutMs: 30_000,
  /** What a step may raise that to: a call holds a connection and delays a worker that is stopping. */
  attemptTimeoutMaxMs: 15 * 60_000,
  /** Longest pause between two attempts: whoever needs days wants a schedule, not a retry. */
  retryDelayMaxMs: 24 * 60 * 60_000,
  /** Longest pause of a delay: a run that sleeps longer than a year outlives what it was drawn for. */
  delayMaxMs: 366 * 24 * 60 * 60_000,
  /** Scopes inside scopes: deeper than anybody can read, shallow enough for every walk. */
  scopeDepth: 16,
  /** Items a loop goes through: an hour of calls at ten at a time, and a journal that can still be read. */
  loopItems: 100_000,
  /** Iterations at a time: one process carries them all, each with its calls. Wider fan-out is runs of their own. */
  loopConcurrency: 100,
  /** Length of the path of an iteration: sixteen loops inside each other, with long names. */
  pathLength: 2000,
  /** Points of no return in one flow: one per business transaction; what runs beside each is searched for. */
  flowPivots: 20,
  /** Longest a run may be given: waits and delays of a year still fit. */
  runTimeoutMaxMs: 400 * 24 * 60 * 60_000,
  /** Entries before the first snapshot of a run is taken: fewer are folded in a few milliseconds. */
  snapshotEntries: 1000,
  /** Bytes of a lane's key that are kept as they are; a longer one keeps its beginning and a digest, to fit an index. */
  laneKeyBytes: 200,
  /** Most runs a flow may allow at the same time: they are counted when one begins. Above it, a limit limits nothing. */
  flowConcurrencyMax: 10_000,
  /** How late a fire of a schedule may be before it counts as missed: a restart of the workers is shorter. */
  scheduleGraceMs: 60_000,
  /** Missed fires of one schedule that are made up for: enough for hourly ones over a long weekend, not a flood. */
  scheduleCatchUp: 100,
  /** Longest a step may try in all: older inputs describe a world that is gone. */
  stepDeadlineMaxMs: 30 * 24 * 60 * 60_000,
  /** How long a synchronous caller waits unless the webhook says otherwise: half of what common proxies allow. */
  syncWaitMs: 30_000,
  /** Longest a synchronous caller may be kept waiting: common proxies cut connections after a minute. */
  syncWaitMaxMs: 60_000,
  /** How long an idempotency key of an API call or webhook is remembered: a sender's retries of a night. */
  idempotencyKeyMs: 24 * 60 * 60_000,
  /** What a webhook may raise that to: senders retry for days, but each key is a row that is kept as long. */
  dedupWindowMaxMs: 7 * 24 * 60 * 60_000,
  /** Items of a list unless asked otherwise: what a screen shows. */
  pageSize: 50,
  /** Items of a list at most: bounds the memory and time of one answer. */
  pageSizeMax: 200,
  /** Events in one batch request: all are written in one transaction that holds the stream head. */
  eventBatch: 500,
  /** The question of an approval: one line in a list and the heading of a page. */
  approvalTitleLength: 300,
  /** An e-mail address: what SMTP allows (RFC 5321 section 4.5.3.1.3). */
  emailLength: 254,
  /** The answer to a form: typed by a person; what is larger belongs in a store of files. */
  approvalAnswerBytes: 64 * KiB,
  /** How long a link to an approval works unless asked otherwise: over a week-end and the days beside it. */
  approvalLinkMs: 7 * 24 * 60 * 60_000,
  /** The longest a link may be asked to work: it is a key in somebody's mailbox. */
  approvalLinkMaxMs: 30 * 24 * 60 * 60_000,
  /** Links to one approval: one for everybody who might be asked, not a flood. */
  approvalLinks: 20,
  /** Variables are read into every run, so they stay small. */
  variableBytes: 64 * KiB,
  /** Secrets are tokens, passwords and keys; a chain of certificates still fits. */
  secretBytes: 16 * KiB,
} as const;
