import { can } from '../../api/caller';
import { useChanges } from '../../api/changes';
import { json, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Figures } from '../../components/Figures';
import { Sparkline } from '../../components/Sparkline';
import { Empty, Loaded } from '../../components/States';
import { counted, none, number, signedMoney, tone } from '../../format/numbers';
import { useTitle } from '../../layout/title';
import './live.css';
import { StateBadge } from './StateBadge';

type Session = Schemas['SessionView'];

/** A session in a few figures, with the curve of its account. */
function Card(props: { session: Session }) {
    const { session: s } = props;
    const account = s.status?.account;
    const today = account?.days.at(-1);
    const most = account?.limits.find((l) => l.limit === 'maxGrossPercent')?.allowed;
    const gain = s.status && account ? s.status.accountEquity - account.startingCash : null;
    return (
        <li class="card">
            <h2>
                <a href={`/live/${encodeURIComponent(s.id)}`}>{s.id}</a> <StateBadge session={s} />
            </h2>
            <Sparkline values={account?.curve.equity ?? []} base={account?.startingCash ?? 0} />
            <Figures
                compact
                figures={[
                    {
                        name: account?.currency ? `Equity, ${account.currency}` : 'Equity',
                        value: number(s.status?.accountEquity, 2),
                        note: counted(s.status?.openTrades ?? 0, 'open trade'),
                    },
                    { name: 'Since the start', value: signedMoney(gain), tone: tone(gain), note: `by ${s.startedBy}` },
                    { name: today?.from ?? 'Today', value: signedMoney(today?.profit), tone: tone(today?.profit), note: 'UTC day' },
                    {
                        name: 'Exposure',
                        value: account ? `${number(account.grossPercent, 1)}%${most === undefined ? '' : ` of ${number(most)}%`}` : none,
                        note: 'All positions in percent of the equity',
                    },
                ]}
            />
            {s.fault && <p class="soft">{s.fault}</p>}
        </li>
    );
}

/** The live sessions of the server, one for each account. */
export default function LiveView() {
    useTitle('Live');
    const sessions = useQuery('sessions', () => json<Session[]>('/sessions'), 5000);
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
                            <div class="actions">
                                <a class="button" href="/monitor">
                                    Several in one view
                                </a>
                                <span class="push" />
                                {can('admin') && (
                                    <a class="button primary" href="/live/start">
                                        Start a session
                                    </a>
                                )}
                            </div>
                            <ul class="sessions" aria-label="Sessions">
                                {all.map((s) => (
                                    <Card key={s.id} session={s} />
                                ))}
                            </ul>
                        </>
                    )
                }
            </Loaded>
        </>
    );
}
