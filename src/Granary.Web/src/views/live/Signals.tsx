import { json, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Badge } from '../../components/Badge';
import { Empty, Loaded } from '../../components/States';
import { StrategyName } from '../../components/StrategyName';
import { DataTable, type Column } from '../../components/Table';
import { counted, number } from '../../format/numbers';
import { time } from '../../format/times';

interface Signal {
    account: string;
    sequence: number;
    strategy: string;
    symbol: string;
    instant: string;
    side: string;
    type: string;
    quantity: number;
    granted: number;
    decision: string;
}

const words = (name: string) => name.replace(/([A-Z])/g, (c) => ` ${c.toLowerCase()}`).trim();

const columns: Column<Signal>[] = [
    { id: 'time', title: 'Time', width: 150, value: (s) => s.instant, cell: (s) => time(s.instant, s.symbol) },
    { id: 'symbol', title: 'Symbol', width: 110, value: (s) => s.symbol, cell: (s) => s.symbol },
    { id: 'side', title: 'Side', width: 70, value: (s) => s.side, cell: (s) => (s.side === 'buy' ? 'long' : 'short') },
    {
        id: 'decision',
        title: 'Decision',
        width: 160,
        value: (s) => s.decision,
        cell: (s) => <Badge kind={s.decision === 'accepted' ? 'yes' : 'no'}>{words(s.decision)}</Badge>,
    },
    { id: 'asked', title: 'Asked', width: 110, figure: true, value: (s) => s.quantity, cell: (s) => number(s.quantity, 4) },
    { id: 'granted', title: 'Granted', width: 110, figure: true, value: (s) => s.granted, cell: (s) => number(s.granted, 4) },
    { id: 'strategy', title: 'Strategy', width: 340, value: (s) => s.strategy, cell: (s) => <StrategyName id={s.strategy} /> },
];

/** What the strategies wished to enter, and the portfolio's answers. */
export function Signals(props: { session: Schemas['SessionView'] }) {
    const { session } = props;
    // Read again for each new signal that the session's events report.
    const signals = useQuery(`signals ${session.id} ${session.status?.signals ?? 0}`, async () =>
        (await json<Signal[]>('/signals')).filter((s) => s.account === session.id),
    );
    return (
        <Loaded query={signals}>
            {(all) =>
                all.length === 0 ? (
                    <Empty title="No strategy has wished to enter yet">
                        <p>Each signal stands here with the portfolio’s answer, also where it was refused.</p>
                    </Empty>
                ) : (
                    <>
                        <p class="note">
                            {counted(all.length, 'signal')}, {number(all.filter((s) => s.decision === 'accepted').length)} accepted.
                        </p>
                        <DataTable
                            label="Signals"
                            rows={all}
                            columns={columns}
                            id={(s) => String(s.sequence)}
                            sorting={{ id: 'time', descending: true }}
                        />
                    </>
                )
            }
        </Loaded>
    );
}
