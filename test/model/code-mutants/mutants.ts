/** Faults put into the code that ships, one at a time, as a change of its text: quorums, what is durable, and what is signed. */
import { statementTypes } from '../../../src/prelude/statement.js';

export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** What stands there once, and what is put in its place. */
  readonly from: string;
  readonly to: string;
}

/** What each kind of mutants is. */
interface Chapter {
  readonly title: string;
  readonly mutants: readonly Mutant[];
}

/** Every place at which consensus asks for a quorum: what it is for, and the question. */
const quorums = [
  ['a fast decision', 'learner', 'c.config.system.isFastQuorum', 'supporters'],
  ['a commit certificate', 'learner', 'c.config.system.isSlowQuorum', 'supporters'],
  ['a slow decision', 'learner', 'c.config.system.isSlowQuorum', 'supportersOf(c, open.commits, message)'],
  ['a checkpoint', 'checkpoint', 'config.system.isSlowQuorum', 'c.setOf(agreeing.map(([process]) => process))'],
  ['a certified state', 'snapshots', 'c.config.system.isSlowQuorum', 'c.setOf(shares.keys())'],
  ['selection', 'selection', 'system.isRecoveryQuorum', 'reporters'],
  ['progress shares', 'certification', 'c.config.keys.alliance.canCombine', 'c.setOf(asked.shares.keys())'],
  [
    'a certificate of the log',
    'attestation',
    'c.config.keys.alliance.canCombine',
    'c.setOf(attestation.shares.keys())',
  ],
  ['a hand-off', 'handover', 'c.config.keys.alliance.canCombine', 'c.setOf(handover.shares.keys())'],
  ['joining a complaint', 'view-change', 'system.containsCorrect', 'set'],
  ['leaving a view', 'view-change', 'system.isRecoveryQuorum', 'set'],
  ['readiness for an epoch', 'epoch-change', 'system.isRecoveryQuorum', 'ready'],
] as const;

const quorumMutants: readonly Mutant[] = quorums.flatMap(([purpose, module, ask, set]) =>
  (['oneFewer', 'oneMore'] as const).map((change) => ({
    name: `${purpose} takes one process ${change === 'oneFewer' ? 'fewer' : 'more'}`,
    file: `src/consensus/${module}.ts`,
    from: `${ask}(${set})`,
    to: `${change}((asked) => ${ask}(asked), ${set})`,
  })),
);

/** Who may have decided fast, asked of those against it. */
const possibilities: readonly Mutant[] = [
  ['selection', 'selection', 'input.system.mayBeDecided', 'reporters.minus(by)'],
  ['leaving a deadlock', 'fab-quorums', 'system.mayBeDecided', 'contrary'],
].flatMap(([purpose = '', module = '', ask = '', set = '']) =>
  (['oneFewer', 'oneMore'] as const).map((change) => ({
    name: `${purpose} holds a value for possible with one process ${change === 'oneFewer' ? 'more' : 'fewer'} against it`,
    file: `src/consensus/${module}.ts`,
    from: `${ask}(${set}, accused)`,
    to: `${change === 'oneFewer' ? 'oneMoreAgainst' : 'oneFewerAgainst'}((asked) => ${ask}(asked, accused), ${set})`,
  })),
);

const persists: readonly Mutant[] = [
  ['a vote', 'acceptor', "c.persist({ _tag: 'Vote', vote, batch })"],
  ['a commit certificate', 'learner', "c.persist({ _tag: 'CommitCertificate', certificate: open.commit })"],
  ['the first promise', 'recovery', "c.persist({ _tag: 'Promise', view: state.view })"],
  ['the promise of a view', 'view-change', "c.persist({ _tag: 'Promise', view })"],
  ['a report', 'view-change', "c.persist({ _tag: 'Report', report: signed })"],
  ['a stable checkpoint', 'checkpoint', "c.persist({ _tag: 'StableCheckpoint', certificate })"],
].map(([what = '', module = '', from = '']) => ({
  name: `${what} is not persisted`,
  file: `src/consensus/${module}.ts`,
  from,
  to: '0',
}));

const hastes: readonly Mutant[] = [
  ['ACCEPTED', 'its vote', 'acceptor', 'c.broadcast(message, persisted)', 'c.broadcast(message)'],
  ['COMMIT', 'its certificate', 'learner', 'c.broadcast(message, persisted)', 'c.broadcast(message)'],
  ['REPORT', 'itself', 'view-change', '}, made.persisted)', '})'],
  ['PROPOSE', 'its promise', 'proposer', 'c.broadcast(message, c.state.viewPersisted)', 'c.broadcast(message)'],
].map(([message = '', record = '', module = '', from = '', to = '']) => ({
  name: `${message} does not wait for ${record} to be durable`,
  file: `src/consensus/${module}.ts`,
  from,
  to,
}));

const envelope: readonly Mutant[] = [
  ['the protocol’s tag', '.fixed(statementTag)'],
  ['the alliance', '.fixed(context.allianceId)'],
  ['the key', '.fixed(context.keyId)'],
  ['the epoch', '.u64(context.epoch)'],
  ['the type', '.u8(statementTypes[type])'],
].map(([part = '', from = '']) => ({
  name: `statements do not say ${part}`,
  file: 'src/prelude/statement.ts',
  from,
  to: '',
}));

/** Each type becomes one that the same key signs. */
const confused = {
  accepted: 'commit',
  commit: 'accepted',
  checkpoint: 'snapshot',
  snapshot: 'checkpoint',
  progress: 'decided',
  decided: 'handoff',
  handoff: 'progress',
  propose: 'report',
  report: 'timeout',
  timeout: 'ready',
  ready: 'attributed',
  attributed: 'propose',
  request: 'propose',
  act: 'request',
  enacted: 'handoff',
  founded: 'act',
  possession: 'founded',
  restart: 'handoff',
} as const satisfies Record<keyof typeof statementTypes, keyof typeof statementTypes>;

const types: readonly Mutant[] = Object.entries(confused).map(([type, other]) => ({
  name: `${type} is signed as ${other}`,
  file: 'src/prelude/statement.ts',
  from: `  ${type}: ${statementTypes[type as keyof typeof confused]},`,
  to: `  ${type}: ${statementTypes[other]},`,
}));

const digests: readonly Mutant[] = [
  {
    name: 'the chain does not begin with its tag',
    file: 'src/consensus/statement.ts',
    from: 'koinon chain v1',
    to: '',
  },
  {
    name: 'the name of a state does not begin with its tag',
    file: 'src/prelude/state-digest.ts',
    from: 'koinon state v1',
    to: '',
  },
];

const definitions: readonly Mutant[] = [
  ['a fast quorum', 'return this.isCoveredBy(set.complement(), { byzantine: 0, slow: 1 });'],
  ['a slow quorum', 'return this.isRecoveryQuorum(set);'],
  ['a recovery quorum', 'return this.canBeFaulty(set.complement());'],
  ['a set with a correct process', 'return !this.canBeFaulty(set);'],
].flatMap(([what = '', from = '']) =>
  (['oneFewer', 'oneMore'] as const).map((change) => ({
    name: `${what} has one process ${change === 'oneFewer' ? 'fewer' : 'more'}`,
    file: 'src/quorum/quorum-system.ts',
    from,
    to: `return ${change}((asked) => ${from.slice('return '.length, -1).replace('(set', '(asked')}, set);`,
  })),
);

const combined = 'Equivalent: the key refuses to combine fewer shares; where both ask for fewer, above, it is killed';

/** What nothing can be seen of, with the reason. */
export const equivalents: ReadonlyMap<string, string> = new Map(
  ['a commit certificate', 'a checkpoint', 'a certified state', 'a hand-off'].map((purpose) => [
    `${purpose} takes one process fewer`,
    combined,
  ]),
);

export const chapters: readonly Chapter[] = [
  { title: 'Quorums as they are defined', mutants: definitions },
  { title: 'Quorums where they are asked for', mutants: [...quorumMutants, ...possibilities] },
  { title: 'What is made durable', mutants: persists },
  { title: 'What waits until it is', mutants: hastes },
  { title: 'What statements and digests say', mutants: [...envelope, ...types, ...digests] },
];
