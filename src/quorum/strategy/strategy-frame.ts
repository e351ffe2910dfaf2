/**
 * What every linear program for strategies has in common: how load, network load and latency follow from the probabilities with which
 * servers are asked (Whittaker et al., PaPoC 2021, section 4), and which of the three is made least or limited.
 */
import { present } from '../../prelude/invariant.js';
import type { Column, Entry, Row } from './solver.js';
import type { Server, Workload } from './workload.js';

export type Metric = 'load' | 'latency' | 'network';
export type Access = 'read' | 'write';

export interface MetricLimits {
  /** Of the expected load. */
  readonly load?: number;
  readonly latency?: number;
  readonly network?: number;
}

export interface FrameGoal {
  readonly servers: readonly Server[];
  readonly workload: Workload;
  readonly optimize: Metric;
  readonly limits: MetricLimits;
}

/** How much of a metric one unit of a column brings. */
export interface Contribution {
  /** Places of the servers that it asks. */
  readonly places: readonly number[];
  /** Of a quorum; 0 for a part of one. */
  readonly latency: number;
}

/**
 * The first rows of a program: for each read fraction and server, that the server's load is at most that fraction's load; then the
 * limits. Its first columns: the load under each read fraction; then, for each limit, what exceeds it.
 */
export class StrategyFrame {
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  /** Columns that must come out as 0, for the limits to be kept. */
  readonly excessColumns: readonly number[];
  /** Loads are told to the solver in this unit, so that they are near 1. */
  private readonly loadUnit: number;
  private readonly latencyUnit: number;
  private readonly networkUnit: number;
  private readonly rowOfLimit: ReadonlyMap<Metric, number>;

  constructor(readonly goal: FrameGoal) {
    const { servers, workload, optimize, limits } = goal;
    this.loadUnit = 1 / Math.max(...servers.map((s) => Math.max(s.readCapacity, s.writeCapacity)));
    this.latencyUnit = Math.max(...servers.map(({ latency }) => latency)) || 1;
    this.networkUnit = servers.length;
    const loadRows = workload.points.flatMap(() => servers.map(() => ({ lower: -Infinity, upper: 0 })));
    const limited = limitedMetrics.filter((metric) => limits[metric] !== undefined);
    this.rowOfLimit = new Map(limited.map((metric, index) => [metric, loadRows.length + index]));
    this.rows = [...loadRows, ...limited.map((metric) => ({ lower: -Infinity, upper: this.limitOf(metric) }))];
    const loads = workload.points.map(({ probability }, point) => ({
      cost: optimize === 'load' ? probability : 0,
      entries: [
        ...servers.map((_, place) => ({ row: this.loadRow(point, place), value: -1 })),
        ...this.limitEntry('load', probability),
      ],
    }));
    const excess = limited.map((metric) => ({ cost: 0, entries: this.limitEntry(metric, -1) }));
    this.columns = [...loads, ...excess];
    this.excessColumns = limited.map((_, index) => loads.length + index);
  }

  /** What a column costs that is this much of a quorum. */
  costOf(access: Access, { places, latency }: Contribution): number {
    const { optimize } = this.goal;
    if (optimize === 'load') return 0;
    const amount = optimize === 'network' ? places.length / this.networkUnit : latency / this.latencyUnit;
    return this.shareOf(access) * amount;
  }

  /** The entries of such a column in the rows of the frame. */
  entriesOf(access: Access, { places, latency }: Contribution): Entry[] {
    const { workload } = this.goal;
    const share = this.shareOf(access);
    const entries: Entry[] = [];
    for (const [point, { readFraction }] of workload.points.entries()) {
      const fraction = access === 'read' ? readFraction : 1 - readFraction;
      if (fraction === 0) continue;
      for (const place of places)
        entries.push({ row: this.loadRow(point, place), value: fraction * this.unitLoad(access, place) });
    }
    return [
      ...entries,
      ...this.limitEntry('network', (share * places.length) / this.networkUnit),
      ...this.limitEntry('latency', (share * latency) / this.latencyUnit),
    ];
  }

  /** An objective of the program in the metric's own unit. */
  metricOf(objective: number): number {
    return objective * this.unitOf(this.goal.optimize);
  }

  private shareOf(access: Access): number {
    const { meanReadFraction } = this.goal.workload;
    return access === 'read' ? meanReadFraction : 1 - meanReadFraction;
  }

  /** Of one operation on this server, in the frame's unit. */
  private unitLoad(access: Access, place: number): number {
    const { readCapacity, writeCapacity } = present(this.goal.servers[place], 'a place is that of a server');
    return 1 / (access === 'read' ? readCapacity : writeCapacity) / this.loadUnit;
  }

  private loadRow(point: number, place: number): number {
    return point * this.goal.servers.length + place;
  }

  private limitEntry(metric: Metric, value: number): readonly Entry[] {
    const row = this.rowOfLimit.get(metric);
    return row === undefined || value === 0 ? [] : [{ row, value }];
  }

  private limitOf(metric: Metric): number {
    return (this.goal.limits[metric] ?? Infinity) / this.unitOf(metric);
  }

  private unitOf(metric: Metric): number {
    return { load: this.loadUnit, latency: this.latencyUnit, network: this.networkUnit }[metric];
  }
}

const limitedMetrics: readonly Metric[] = ['load', 'latency', 'network'];
