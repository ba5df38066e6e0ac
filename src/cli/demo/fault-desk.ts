import { rm } from 'node:fs/promises';
import type { Fault, FaultOrder } from '../../inspect/index.ts';
import type { Cast, Member } from './cast.ts';
import { faultsOf } from './faults.ts';
import type { MemberNetwork } from './member-network.ts';
import type { Conduct } from './messages.ts';
import type { MemberRecord } from './record.ts';

const CONDUCTS: Readonly<Partial<Record<Fault, Conduct>>> = {
  inflate: 'inflates',
  tamper: 'tampers',
  silence: 'silent',
  behave: 'honest',
};

export interface FaultDeskOptions {
  readonly cast: Cast;
  readonly network: MemberNetwork;
  /** Lets the node of a member run, whose process waits for it. */
  readonly run: (member: Member) => Promise<unknown>;
  readonly storeOf: (member: Member) => string;
}

/** Carries out what the page orders, one order at a time for each member. */
export class FaultDesk {
  readonly #options: FaultDeskOptions;
  readonly #busy = new Set<Member>();

  constructor(options: FaultDeskOptions) {
    this.#options = options;
  }

  /** @throws Error why it cannot be done, for people */
  async carryOut({ member: name, fault }: FaultOrder): Promise<void> {
    const { cast, network } = this.#options;
    const member = cast.members.find((each) => each.name === name);
    if (member === undefined) throw new Error(`There is no ${name} in this demo.`);
    const record = network.record(member);
    const may = faultsOf(member, record).some((each) => each.fault === fault);
    if (!may || this.#busy.has(member)) throw new Error(`${name} is ${record.life}: that cannot be done now.`);
    this.#busy.add(member);
    try {
      await this.#do(member, record, fault);
    } finally {
      this.#busy.delete(member);
      network.changed();
    }
  }

  async #do(member: Member, record: MemberRecord, fault: Fault): Promise<void> {
    const { network, run, storeOf } = this.#options;
    const conduct = CONDUCTS[fault];
    if (conduct !== undefined) {
      record.conduct = conduct;
      network.order(member, { type: 'conduct', conduct });
      return;
    }
    switch (fault) {
      case 'kill':
        return network.kill(member);
      case 'leave':
        network.order(member, { type: 'leave' });
        return network.until(() => record.life === 'left');
      case 'restart':
      case 'restartEmpty':
        if (fault === 'restartEmpty') await rm(storeOf(member), { recursive: true, force: true });
        network.relaunch(member);
        await run(member);
        return;
      default:
        record.life = 'starting';
        await run(member);
    }
  }
}
