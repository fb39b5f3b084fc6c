import { useMemo, useState } from 'preact/hooks';
import { can } from '../../api/caller';
import type { Schemas } from '../../api/client';
import { Badge } from '../../components/Badge';
import { Confirm } from '../../components/Dialog';
import { TextField } from '../../components/Field';
import { LocalList } from '../../components/LocalList';
import { StrategyName, strategyWidth } from '../../components/StrategyName';
import type { Column } from '../../components/Table';
import { counted, number, weight } from '../../format/numbers';
import { time } from '../../format/times';
import { command } from './Commands';
import { isRunning } from './StateBadge';

type Session = Schemas['SessionView'];
type Member = Schemas['SessionMember'];

/** When the entries of a strategy were stopped or allowed, who did it, and why; empty if they never were. */
export function changeText(change: Member['change']): string {
    if (!change) return '';
    const about = change.symbol === '' ? '' : `, with all of ${change.symbol}`;
    const reason = change.why === '' ? '' : `: ${change.why}`;
    return `${change.enabled ? 'Allowed' : 'Stopped'} ${time(change.at)} by ${change.who}${about}${reason}`;
}

/** The strategies of a session with their weights, and the command that stops or allows the entries of one. */
export function Strategies(props: {
    session: Session;
    members: readonly Member[];
    height: number;
    /** Whether it stands beside other panels, whose choices are not in the address. */
    isPanel?: boolean;
    onDone: (session: Session) => void;
}) {
    const { session, members, isPanel = false } = props;
    const [changed, setChanged] = useState<Member>();
    const mayChange = can('admin') && isRunning(session);
    const trades = session.status?.account.trades;
    const columns = useMemo(() => {
        const open = new Map<string, number>();
        for (const t of trades ?? []) open.set(t.strategy, (open.get(t.strategy) ?? 0) + 1);
        return columnsWith((id) => open.get(id) ?? 0, mayChange ? setChanged : undefined);
    }, [trades, mayChange]);
    return (
        <>
            <LocalList
                name="strategies"
                label="Strategies"
                rows={members}
                columns={columns}
                id={(m) => m.id}
                height={props.height}
                isPanel={isPanel}
            />
            {changed && <Change session={session} member={changed} onDone={props.onDone} onClose={() => setChanged(undefined)} />}
        </>
    );
}

function columnsWith(openOf: (id: string) => number, change: ((member: Member) => void) | undefined): Column<Member>[] {
    return [
        { id: 'id', title: 'Strategy', width: strategyWidth, value: (m) => m.id, cell: (m) => <StrategyName id={m.id} /> },
        { id: 'weight', title: 'Weight', width: 80, figure: true, value: (m) => m.weight, cell: (m) => weight(m.weight) },
        { id: 'open', title: 'Open trades', width: 95, figure: true, value: (m) => openOf(m.id), cell: (m) => number(openOf(m.id)) },
        {
            id: 'enabled',
            title: 'Entries',
            width: 95,
            value: (m) => (m.enabled ? 1 : 0),
            cell: (m) => <Badge kind={m.enabled ? 'yes' : 'no'}>{m.enabled ? 'allowed' : 'stopped'}</Badge>,
        },
        ...(change
            ? [
                  {
                      id: 'change',
                      title: 'Action',
                      width: 125,
                      cell: (m: Member) => (
                          <button
                              type="button"
                              class="plain"
                              aria-label={`${m.enabled ? 'Stop' : 'Allow'} entries of ${m.id}`}
                              onClick={() => change(m)}
                          >
                              {m.enabled ? 'Stop entries' : 'Allow entries'}
                          </button>
                      ),
                  },
              ]
            : []),
        {
            id: 'changed',
            title: 'Last change',
            width: 380,
            value: (m) => m.change?.at,
            cell: (m) => <span title={changeText(m.change)}>{changeText(m.change)}</span>,
        },
    ];
}

function Change(props: { session: Session; member: Member; onDone: (session: Session) => void; onClose: () => void }) {
    const { session, member } = props;
    const [why, setWhy] = useState('');
    const open = (session.status?.account.trades ?? []).filter((t) => t.strategy === member.id).length;
    const title = member.enabled ? 'Stop entries' : 'Allow entries';
    return (
        <Confirm
            title={title}
            action={title}
            onClose={props.onClose}
            onConfirm={async () =>
                props.onDone(await command(session, { command: member.enabled ? 'disable' : 'enable', strategy: member.id, why }))
            }
        >
            <p class="prose">
                <b>{member.id}</b> of {session.id}
            </p>
            <p>
                {member.enabled
                    ? `From the next bar on, the portfolio refuses its entries, and those that wait at the broker are cancelled, also after a restart, until they are allowed again. Exits, stops and targets of its ${counted(open, 'open trade')} remain active.`
                    : 'From the next bar on, the portfolio takes its signals again.'}
            </p>
            <TextField label="Reason, for the journal" value={why} onValue={setWhy} />
        </Confirm>
    );
}
