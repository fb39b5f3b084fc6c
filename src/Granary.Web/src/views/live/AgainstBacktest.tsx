import { json, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Figures } from '../../components/Figures';
import { Loaded } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';
import { Pairs } from '../../components/Pairs';
import { number, signedMoney, tone } from '../../format/numbers';
import { time } from '../../format/times';

interface Gap {
    /** Final equity of the backtest over the session's bars. */
    backtest: number;
    /** Equity of the account at the same time. */
    account: number;
    /** The account minus the backtest, by cause. */
    causes: Record<string, number>;
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
    // The backtest runs when the session has ended. Before, only the portfolio that follows the operator's commands is there.
    if (!hasFile)
        return (
            <>
                <Difference
                    account={status.accountEquity}
                    other={status.modelEquity}
                    name="Strategies with simulated fills"
                    note="the same bars, with your pauses and closes; without entries, stops and targets by hand"
                    why="the sum of the two causes below"
                />
                <h2>Causes</h2>
                <Pairs
                    pairs={[
                        {
                            name: 'Operator: entries, stops and targets by hand',
                            value: signedMoney(status.byHand),
                            tone: tone(status.byHand),
                        },
                        {
                            name: 'Broker: other and missed fills, fees',
                            value: signedMoney(status.accountEquity - status.modelEquity - status.byHand),
                            tone: tone(status.accountEquity - status.modelEquity - status.byHand),
                        },
                    ]}
                />
                <p class="notice calm">
                    When the session ends, Granary runs a backtest over its bars, and this place lists each trade that differs with the
                    cause.
                </p>
            </>
        );
    return (
        <Loaded query={gap}>
            {(g) => (
                <>
                    <Difference
                        account={g.account}
                        other={g.backtest}
                        name="Backtest"
                        note="of the same bars, without your commands"
                        why="the sum of the causes below"
                    />
                    <Causes gap={g} />
                </>
            )}
        </Loaded>
    );
}

function Difference(props: { account: number; other: number; name: string; note: string; why: string }) {
    const difference = props.account - props.other;
    return (
        <Figures
            figures={[
                { name: 'Account', value: number(props.account, 2), note: 'with the broker’s fills and fees' },
                { name: props.name, value: number(props.other, 2), note: props.note },
                { name: 'Difference', value: signedMoney(difference), tone: tone(difference), note: props.why },
            ]}
        />
    );
}

function Causes(props: { gap: Gap }) {
    const causes = Object.entries(props.gap.causes)
        .filter(([, v]) => Math.abs(v) >= 0.005)
        .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]))
        .map(([key, v]): [string, number] => [key.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`), v]);
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
