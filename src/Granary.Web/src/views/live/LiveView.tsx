import { useLocation } from 'preact-iso';
import { can } from '../../api/caller';
import { useChanges } from '../../api/changes';
import { json, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Empty, Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { number, signedMoney, tone } from '../../format/numbers';
import { time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { StateBadge } from './StateBadge';

type Session = Schemas['SessionView'];

const gain = (s: Session) => (s.status?.account.startingCash == null ? null : s.status.accountEquity - s.status.account.startingCash);

const columns: Column<Session>[] = [
    {
        id: 'account',
        title: 'Account',
        width: 200,
        value: (s) => s.id,
        cell: (s) => <a href={`/live/${encodeURIComponent(s.id)}`}>{s.id}</a>,
    },
    { id: 'state', title: 'State', width: 150, value: (s) => s.phase, cell: (s) => <StateBadge session={s} /> },
    {
        id: 'equity',
        title: 'Equity',
        width: 120,
        figure: true,
        value: (s) => s.status?.accountEquity,
        cell: (s) => number(s.status?.accountEquity, 2),
        hint: 'Cash and positions at the last closes, in the account’s currency',
    },
    {
        id: 'gain',
        title: 'Since the start',
        width: 120,
        figure: true,
        value: gain,
        cell: (s) => <span class={tone(gain(s))}>{signedMoney(gain(s))}</span>,
    },
    {
        id: 'trades',
        title: 'Open trades',
        width: 100,
        figure: true,
        value: (s) => s.status?.openTrades,
        cell: (s) => number(s.status?.openTrades),
    },
    { id: 'bar', title: 'Market time', width: 150, value: (s) => s.status?.instant, cell: (s) => time(s.status?.instant) },
    { id: 'started', title: 'Started', width: 150, value: (s) => s.startedAt, cell: (s) => time(s.startedAt) },
    { id: 'by', title: 'By', width: 110, value: (s) => s.startedBy, cell: (s) => s.startedBy },
];

/** The live sessions of the server, one for each account. */
export default function LiveView() {
    useTitle('Live');
    const { route } = useLocation();
    const sessions = useQuery('sessions', () => json<Session[]>('/sessions'));
    useChanges(['session'], sessions.reload);
    return (
        <>
            <h1>Live</h1>
            <p class="lead">
                Sessions that trade an account: on paper, or at an exchange. Each drives the strategies and the portfolio of a backtest, bar
                by bar.
            </p>
            <Loaded query={sessions}>
                {(all) =>
                    all.length === 0 ? (
                        <Empty title="No account is traded here">
                            <p>Take a finished run, and trade its strategies on paper: no money moves.</p>
                            {can('admin') && (
                                <a class="button primary" href="/live/start">
                                    Start a session
                                </a>
                            )}
                        </Empty>
                    ) : (
                        <>
                            {can('admin') && (
                                <div class="actions">
                                    <span class="push" />
                                    <a class="button primary" href="/live/start">
                                        Start a session
                                    </a>
                                </div>
                            )}
                            <DataTable
                                label="Sessions"
                                rows={all}
                                columns={columns}
                                id={(s) => s.id}
                                sorting={{ id: 'started', descending: true }}
                                onOpen={(s) => route(`/live/${encodeURIComponent(s.id)}`)}
                            />
                        </>
                    )
                }
            </Loaded>
        </>
    );
}
