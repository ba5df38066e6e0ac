import type { DemoMember, Fault } from '../../inspect/index.ts';
import type { Member } from './cast.ts';
import { INFLATED_HEIGHT, isLaggard } from './cast.ts';
import type { Conduct } from './messages.ts';
import type { MemberRecord } from './record.ts';
import { number } from '../../words/index.ts';

/** What a conduct is called on the page; '' for nothing to be said. */
export const WAYS_OF_CONDUCT: Readonly<Record<Conduct, string>> = {
  honest: '',
  inflates: 'lies about its height',
  tampers: 'tampers with blocks',
  silent: 'answers nothing',
};

type Button = DemoMember['faults'][number];

const BUTTONS: Readonly<Record<Fault, Omit<Button, 'fault'>>> = {
  inflate: { label: 'Lie', explanation: `it claims height ${number(INFLATED_HEIGHT)} now` },
  tamper: { label: 'Tamper', explanation: 'it spoils one block in four that it serves' },
  silence: { label: 'Go silent', explanation: 'it answers nothing any more' },
  behave: { label: 'Behave', explanation: 'it is honest again' },
  leave: { label: 'Leave', explanation: 'its node is stopped and leaves' },
  return: { label: 'Come back', explanation: 'its node is started again' },
  kill: { label: 'kill -9', explanation: 'its process is killed' },
  restart: { label: 'Restart', explanation: 'it is started again with the store it had' },
  restartEmpty: { label: 'Restart empty', explanation: 'it is started again with an empty store' },
};

/** What may be done to a member now. */
export function faultsOf(member: Member, { life, conduct }: MemberRecord): Button[] {
  return namesOf(member, life, conduct).map((fault) => ({ fault, ...BUTTONS[fault] }));
}

function namesOf(member: Member, life: MemberRecord['life'], conduct: Conduct): readonly Fault[] {
  switch (life) {
    case 'starting':
      return [];
    case 'left':
      return ['return'];
    case 'killed':
      return isLaggard(member) ? ['restart', 'restartEmpty'] : ['restart'];
    case 'running': {
      const manners: readonly Fault[] = conduct === 'honest' ? ['inflate', 'tamper', 'silence'] : ['behave'];
      return isLaggard(member) ? ['kill', 'leave', ...manners] : [...manners, 'leave', 'kill'];
    }
  }
}
