import { json, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Figures } from '../../components/Figures';
import { Loaded } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';
import { Pairs } from '../../components/Pairs';
import { number, signedMoney, tone } from '../../format/numbers';
import { time } from '../../format/times';

interface Gap {
    trades: {
        strategy: string;
        symbol: string;
        entry: string;
        total: number;
        why: string;
        parts: Record<string, number>;
    }[];
}

const file = 'against_backtest.json';

/** The live result compared with the backtest: in total while the session runs, and trade by trade when it has ended. */
export function AgainstBacktest(props: { session: Schemas['SessionView'] }) {
    const { session } = props;
    const { status } = session;
    const hasFile = session.files.includes(file);
    const gap = useQuery(hasFile ? `against ${session.id} ${session.run}` : null, () =>
        json<Gap>(`/sessions/${encodeURIComponent(session.id)}/files/${file}`),
    );
    if (!status) return <p class="soft">The session has not received a bar yet.</p>;
    const difference = status.accountEquity - status.modelEquity;
    return (
        <>
            <Figures
                figures={[
                    { name: 'Account', value: number(status.accountEquity, 2), note: 'with the broker’s fills and fees' },
                    { name: 'Backtest', value: number(status.modelEquity, 2), note: 'the portfolio with simulated fills of the same bars' },
                    {
                        name: 'Difference',
                        value: signedMoney(difference),
                        tone: tone(difference),
                        note: 'missed and other fills, fees, your commands',
                    },
                ]}
            />
            {hasFile ? (
                <Loaded query={gap}>{(g) => <Causes gap={g} />}</Loaded>
            ) : (
                <p class="notice calm">
                    When the session ends, Granary runs a backtest over its bars, and this place lists each trade that differs with the
                    cause.
                </p>
            )}
        </>
    );
}

function Causes(props: { gap: Gap }) {
    const sums = new Map<string, number>();
    for (const t of props.gap.trades)
        for (const [cause, amount] of Object.entries(t.parts)) sums.set(cause, (sums.get(cause) ?? 0) + amount);
    const causes = [...sums].filter(([, v]) => Math.abs(v) >= 0.005).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
    const widest = [...props.gap.trades].sort((a, b) => Math.abs(b.total) - Math.abs(a.total)).slice(0, 20);
    if (causes.length === 0)
        return <p class="notice calm">Each trade has the same result as in the backtest of the same bars, to the cent.</p>;
    return (
        <>
            <h2>Causes</h2>
            <Pairs pairs={causes.map(([name, amount]) => ({ name, value: signedMoney(amount), tone: tone(amount) }))} />
            <h2>Trades with the largest differences</h2>
            <ShortTable
                label="Trades with the largest differences"
                rows={widest}
                columns={[
                    { title: 'Strategy', cell: (t) => t.strategy },
                    { title: 'Entered', nowrap: true, cell: (t) => time(t.entry) },
                    { title: 'Difference', figure: true, cell: (t) => signedMoney(t.total), tone: (t) => tone(t.total) },
                    { title: 'Why', cell: (t) => t.why },
                ]}
            />
        </>
    );
}
