import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { Badge } from '../../components/Badge';
import { LineChart } from '../../components/LineChart';
import { DataTable, type Column } from '../../components/Table';
import { counted, number, percent, signedMoney, signedPercent, tone } from '../../format/numbers';

type Day = Schemas['ParityRecord'];

// What rounds to 0.00 is neither a gain nor a loss.
const shown = (amount: number) => (Math.abs(amount) < 0.005 ? 0 : amount);

const money = (amount: number) => <span class={tone(shown(amount))}>{signedMoney(shown(amount))}</span>;

/** The causes of a day in words, the largest first. */
export function causesOf(day: Day): string {
    const causes = Object.entries(day.causes)
        .filter(([, v]) => shown(v) !== 0)
        .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
    return causes.map(([cause, amount]) => `${cause} ${signedMoney(amount)}`).join(', ') || 'none';
}

const columns: Column<Day>[] = [
    {
        id: 'day',
        title: 'Day',
        width: 150,
        value: (d) => d.day,
        cell: (d) => (
            <>
                {d.day} {d.isRunning && <Badge kind="wait">running</Badge>}
            </>
        ),
    },
    {
        id: 'total',
        title: 'Difference',
        width: 110,
        figure: true,
        value: (d) => d.total,
        cell: (d) => money(d.total),
        hint: 'The day’s gain of the account less that of the backtest, account currency',
    },
    {
        id: 'part',
        title: 'Of equity',
        width: 100,
        figure: true,
        value: (d) => d.total / d.accountEquity,
        cell: (d) => signedPercent(shown(d.total) / d.accountEquity, 3),
    },
    {
        id: 'unexplained',
        title: 'Unexplained',
        width: 110,
        figure: true,
        value: (d) => d.unexplained,
        cell: (d) => money(d.unexplained),
        hint: 'The part for which no fact gives a reason, account currency',
    },
    {
        id: 'band',
        title: 'Band',
        width: 170,
        value: (d) => d.outside.length,
        cell: (d) => (d.outside.length === 0 ? 'inside' : <Badge kind="no">{`outside: ${d.outside.join(', ')}`}</Badge>),
    },
    { id: 'causes', title: 'Causes, account currency', width: 420, cell: (d) => <span title={causesOf(d)}>{causesOf(d)}</span> },
];

/** The compared days of an account: the difference by day, its causes, and whether it stayed in the band. */
export function ParityDays(props: { account: string; days: readonly Day[]; children?: ComponentChildren }) {
    const { account, days } = props;
    const x = useMemo(() => days.map((d) => Date.parse(d.day) / 1000), [days]);
    const lines = useMemo(
        () => [
            { name: 'Difference', values: days.map((d) => d.total), colour: 's1' },
            { name: 'Unexplained', values: days.map((d) => d.unexplained), colour: 's2', dashed: true },
        ],
        [days],
    );
    const newest = useMemo(() => [...days].reverse(), [days]);
    const last = days.at(-1);
    const outside = days.filter((d) => d.outside.length > 0).length;
    return (
        <>
            <div class="actions">
                <h3>Account {account}</h3>
                {props.children}
            </div>
            {last === undefined ? (
                <p class="soft">No day was compared yet. A job of the kind parity compares each day after its end.</p>
            ) : (
                <>
                    <p>
                        {counted(days.length, 'day')} compared, {number(outside)} outside of the band: {percent(last.totalBand / 100)} of
                        the equity in total, {percent(last.unexplainedBand / 100)} unexplained. {last.notes.join(' ')}
                    </p>
                    {days.length > 1 && (
                        <LineChart
                            title="Difference by day"
                            unit="account currency"
                            x={x}
                            lines={lines}
                            summary={`Difference of ${account}: ${signedMoney(shown(last.total))} on the last day`}
                        />
                    )}
                    <DataTable label={`Parity of ${account}`} rows={newest} columns={columns} id={(d) => d.day} height={330} />
                </>
            )}
        </>
    );
}
