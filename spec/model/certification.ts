/**
 * What can be certified at the end of a view: every set of valid reports for the next one that can be shown to a certifier, put
 * to selection. Certifying is stateless, so each outcome found can have a certificate of its own.
 */
import { commitOf, none, setIn, shown, valueBitOf, viewOf, voteOf } from './coding.js';
import type { Credentials } from './credentials.js';
import { accusingMutants, type Mutant } from './mutant.js';
import { halts, permitting, waits } from './outcome.js';
import type { Setting } from './setting.js';
import type { Selecting } from './shipping-selection.js';

/** Beside outcomes: with all correct reports in, selection waits or halts; a correct leader is accused; a correct report is refused. */
export const isStuck = 1 << 10;
export const isFalselyAccused = 1 << 11;
export const isRefused = 1 << 12;

const asItStands: Uint8Array = Uint8Array.from({ length: 16 }, (_, vote) => vote);

/** Remembers what selection gives on each multiset of reports, and on whose leadership that depended. */
export class RememberedSelection {
  private readonly known = new Map<number, number>();
  private readonly byLeader = new Map<number, number>();

  constructor(
    private readonly setting: Setting,
    private readonly selecting: Selecting,
  ) {}

  /** @param picks - what each process reports, -1 for nothing; `key` names them up to renaming of interchangeable processes. */
  of(key: number, picks: Int16Array, leaders: readonly number[]): number {
    const found = this.known.get(key);
    if (found !== undefined && found >= 0) return found;
    const leader = found === undefined ? undefined : leaders[-found - 1];
    const known = leader === undefined ? undefined : this.byLeader.get(key * this.setting.n + leader);
    return known ?? this.ask(key, picks, leaders);
  }

  get size(): number {
    return this.known.size + this.byLeader.size;
  }

  /** Whoever selects may have been shown evidence against any of those that are truly Byzantine. */
  private ask(key: number, picks: Int16Array, leaders: readonly number[]): number {
    const { byzantineBits, correct, n } = this.setting;
    const reports = Array.from(picks, (code) => (code < 0 ? undefined : code));
    let asked = 0;
    const leaderOf = (view: number): number => {
      asked = view;
      return leaders[view - 1] ?? 0;
    };
    let outcomes = 0;
    for (let accused = byzantineBits; ; accused = (accused - 1) & byzantineBits) {
      outcomes |= this.selecting(reports, leaderOf, accused);
      if (accused === 0) break;
    }
    if (asked === 0) {
      this.known.set(key, outcomes);
      return outcomes;
    }
    const leader = leaders[asked - 1] ?? 0;
    if (leader < correct) outcomes |= isFalselyAccused;
    this.known.set(key, -asked);
    this.byLeader.set(key * n + leader, outcomes);
    return outcomes;
  }
}

/** For the boundary between `leaders.length` views and the next. */
export class Certification {
  private readonly firstAlike: number;
  private readonly ballots: number;
  private readonly base: number;
  /** What the digits of all correct processes take. */
  private readonly correctSpan: number;
  private readonly menus = new Map<number, Int16Array>();
  private readonly picks: Int16Array;
  private state: Uint16Array = new Uint16Array(0);
  private byzantineMenu: Int16Array = new Int16Array(0);
  private reading = asItStands;
  private outcomes = 0;

  constructor(
    private readonly setting: Setting,
    private readonly mutant: Mutant,
    private readonly credentials: Credentials,
    private readonly selection: RememberedSelection,
    private readonly leaders: readonly number[],
  ) {
    this.firstAlike = accusingMutants.has(mutant) ? 1 : 0;
    this.ballots = 1 + setting.views * setting.values;
    this.base = this.ballots ** 2 + 1;
    this.correctSpan = this.base ** setting.correct;
    this.picks = new Int16Array(setting.n).fill(-1);
  }

  private get view(): number {
    return this.leaders.length + 1;
  }

  /** All outcomes and flags together, for a state at the end of the view before. */
  at(state: Uint16Array): number {
    this.state = state;
    this.outcomes = 0;
    this.byzantineMenu = this.menu();
    for (const reading of this.readings()) {
      this.reading = reading;
      this.showCorrect(0, 0, true);
    }
    for (let process = 0; process < this.setting.correct; process++) {
      if (!this.isAccepted(state[process] ?? 0)) this.outcomes |= isRefused;
    }
    return this.outcomes;
  }

  private showCorrect(process: number, key: number, isComplete: boolean): void {
    if (process === this.setting.correct) {
      this.showByzantine(process, key, 0, isComplete);
      return;
    }
    const word = this.state[process] ?? 0;
    const isAlike = process > this.firstAlike && word === this.state[process - 1];
    const wasSilent = isAlike && this.picks[process - 1] === -1;
    this.picks[process] = -1;
    this.showCorrect(process + 1, process < this.firstAlike ? key * this.base : key, false);
    if (wasSilent) return;
    this.showOne(process, key, word & 255, isComplete);
    if (this.mutant === 'decided slot not reported' && this.decided !== 0) this.showOne(process, key, none, isComplete);
    if (this.mutant === 'earlier report reused' && this.view > 2) this.showOne(process, key, word >> 8, isComplete);
  }

  private showOne(process: number, key: number, code: number, isComplete: boolean): void {
    const read = this.read(code);
    this.picks[process] = read;
    this.showCorrect(process + 1, key * this.base + this.digit(read), isComplete);
  }

  private showByzantine(process: number, key: number, byzantineKey: number, isComplete: boolean): void {
    if (process === this.setting.n) {
      const found = this.selection.of(byzantineKey * this.correctSpan + key, this.picks, this.leaders);
      this.outcomes |= found;
      if (isComplete && (found & (waits | halts)) !== 0) this.outcomes |= isStuck;
      return;
    }
    this.picks[process] = -1;
    this.showByzantine(process + 1, key, byzantineKey * this.base, isComplete);
    for (const code of this.byzantineMenu) {
      const read = this.read(code);
      this.picks[process] = read;
      this.showByzantine(process + 1, key, byzantineKey * this.base + this.digit(read), isComplete);
    }
  }

  private digit(code: number): number {
    return 1 + voteOf(code) + this.ballots * commitOf(code);
  }

  private read(code: number): number {
    return shown(this.reading[voteOf(code)] ?? 0, commitOf(code));
  }

  /** How the reader of a report understands votes: as they stand; in a mutant, as the certificate that it knows itself has it. */
  private readings(): readonly Uint8Array[] {
    let readings: readonly Uint8Array[] = [asItStands];
    if (this.mutant !== 'own copy of the certificate') return readings;
    for (let view = 2; view < this.view; view++) {
      const verdicts = [1, 2, 3].filter((values) => ((this.certified(view) >> (values - 1)) & 1) === 1);
      if (verdicts.length < 2) continue;
      readings = readings.flatMap((reading) => verdicts.map((values) => this.understoodBy(reading, view, values)));
    }
    return readings;
  }

  private understoodBy(reading: Uint8Array, view: number, permitted: number): Uint8Array {
    const { values } = this.setting;
    return reading.map((vote) =>
      viewOf(vote, values) === view && (valueBitOf(vote, values) & permitted) === 0 ? none : vote,
    );
  }

  /** Every valid report that a Byzantine process can make: it has all signatures and certificates that exist. */
  private menu(): Int16Array {
    const { correct, views, values } = this.setting;
    const key = (this.state[correct] ?? 0) * (1 << 15) + (this.state[correct + 1] ?? 0);
    const known = this.menus.get(key);
    if (known !== undefined) return known;
    const codes: number[] = [];
    const ballots = Math.min(this.ballots, 1 + Math.min(views, this.view) * values);
    for (let vote = 0; vote < ballots; vote++) {
      for (let commit = 0; commit < ballots; commit++) {
        if (this.isAccepted(shown(vote, commit))) codes.push(shown(vote, commit));
      }
    }
    const menu = Int16Array.from(codes);
    this.menus.set(key, menu);
    return menu;
  }

  /** Whether a report that shows this passes, its author having whatever exists. */
  private isAccepted(code: number): boolean {
    const { correct, values } = this.setting;
    const [vote, commit] = [voteOf(code), commitOf(code)];
    const [voteView, commitView] = [viewOf(vote, values), viewOf(commit, values)];
    const isLedByByzantine = (this.leaders[voteView - 1] ?? 0) >= correct;
    const isProposed = (this.proposed(voteView) & valueBitOf(vote, values)) !== 0;
    return this.credentials.isValid(this.view, vote, commit, {
      isSigned: isLedByByzantine || isProposed || this.mutant === 'leader signature not required',
      isPermitted: voteView <= 1 || isProposed || this.mutant === 'view certificate not required',
      isCertified: (setIn(this.state[correct + 1] ?? 0, Math.max(1, commitView)) & valueBitOf(commit, values)) !== 0,
    });
  }

  private certified(view: number): number {
    return setIn(this.state[this.setting.correct] ?? 0, view);
  }

  private proposed(view: number): number {
    if (view < 1 || view >= this.view) return 0;
    return proposedIn(this.certified(view), this.mutant);
  }

  private get decided(): number {
    return this.state[this.setting.correct + 2] ?? 0;
  }
}

/** What the leader of a view has signed, from what is kept of that view. */
function proposedIn(kept: number, mutant: Mutant): number {
  if (mutant !== 'own copy of the certificate') return kept;
  return (kept & 1) | (kept & 2) | ((kept & 4) === 0 ? 0 : 3);
}

/** What is kept of a view: the values signed; where readers go by certificates of their own, which verdicts there are. */
export function keptOf(proposed: number, outcomes: number, mutant: Mutant): number {
  if (mutant !== 'own copy of the certificate') return proposed;
  return [1, 2, 3].reduce(
    (kept, values) => ((outcomes & permitting(values)) === 0 ? kept : kept | (1 << (values - 1))),
    0,
  );
}
