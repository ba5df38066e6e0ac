import { packageTitle } from '../../adapters/package-version.ts';
import type { DemoMember, FaultOrder, FeedSink } from '../../inspect/index.ts';
import { Inspector } from '../../inspect/index.ts';
import type { Cast, Member } from './cast.ts';
import { isLaggard } from './cast.ts';
import { faultsOf, WAYS_OF_CONDUCT } from './faults.ts';
import type { FeedItem } from './messages.ts';
import type { MemberRecord } from './record.ts';

/** The demo on the inspector's page: every member's trace, who is there, and what may be done to them. */
export class DemoInspection {
  readonly #inspector: Inspector;
  readonly #feeds: ReadonlyMap<string, FeedSink>;
  readonly #carriesOut: { order: (order: FaultOrder) => Promise<void> };
  #phase = '';
  #records: ReadonlyMap<Member, MemberRecord> | null = null;

  private constructor(cast: Cast, inspector: Inspector, carriesOut: { order: (order: FaultOrder) => Promise<void> }) {
    this.#inspector = inspector;
    this.#carriesOut = carriesOut;
    inspector.setNames(Object.fromEntries(cast.members.map(({ name, keys }) => [keys.address, name])));
    // Those that catch up are the ones to look at first.
    const ordered = [...cast.laggards, ...cast.holders];
    this.#feeds = new Map(ordered.map(({ name }) => [name, inspector.addFeed(name)]));
  }

  /** @throws StateSyncError ADDRESS_IN_USE, PAGE_MISSING */
  static async start(cast: Cast, port: number): Promise<DemoInspection> {
    const carriesOut = {
      order: (_order: FaultOrder): Promise<void> => Promise.reject(new Error('The demo is not there yet.')),
    };
    const onFault = (order: FaultOrder) => carriesOut.order(order);
    const inspector = await Inspector.start({ port, writtenBy: packageTitle(), onFault });
    return new DemoInspection(cast, inspector, carriesOut);
  }

  get url(): string {
    return this.#inspector.url;
  }

  /** Who carries out what the page's buttons order. */
  onFault(order: (order: FaultOrder) => Promise<void>): void {
    this.#carriesOut.order = order;
  }

  feed({ name }: Member, items: readonly FeedItem[]): void {
    const feed = this.#feeds.get(name);
    for (const item of items) {
      if (typeof item === 'string') feed?.line(item);
      else feed?.piece(item);
    }
  }

  gone({ name }: Member, why: string): void {
    this.#feeds.get(name)?.ended(why);
  }

  phase(text: string): void {
    this.#phase = text;
    if (this.#records !== null) this.show(this.#records);
  }

  /** Who is there, and how. */
  show(records: ReadonlyMap<Member, MemberRecord>): void {
    this.#records = records;
    // In the order of the sources.
    const members = [...records].sort(([a], [b]) => this.#placeOf(a) - this.#placeOf(b)).map(memberInfo);
    this.#inspector.setDemo({ phase: this.#phase, members });
  }

  #placeOf({ name }: Member): number {
    return [...this.#feeds.keys()].indexOf(name);
  }

  close(): Promise<void> {
    return this.#inspector.close();
  }
}

function memberInfo([member, record]: [Member, MemberRecord]): DemoMember {
  const { life, conduct, mishap, status } = record;
  const height = status === null ? '' : `, height ${status.maxHeight}`;
  return {
    name: member.name,
    role: `${isLaggard(member) ? member.role : 'validator'}${height}`,
    life,
    conduct: [WAYS_OF_CONDUCT[conduct], mishap].filter((text) => text !== '').join('; '),
    faults: faultsOf(member, record),
  };
}
