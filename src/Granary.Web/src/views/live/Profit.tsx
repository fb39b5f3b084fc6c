import type { Schemas } from '../../api/client';
import { BarChart } from '../../components/BarChart';
import { Empty } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';
import { number, signedMoney, tone } from '../../format/numbers';

type Period = Schemas['PeriodProfit'];

const rows = (periods: readonly Period[]) => periods.map((p) => ({ name: p.from, value: p.profit, text: signedMoney(p.profit) }));

/** What the account gained by day and by week. */
export function Profit(props: { session: Schemas['SessionView'] }) {
    const { days = [], weeks = [] } = props.session.status?.account ?? {};
    if (days.length === 0)
        return (
            <Empty title="No day has a result yet">
                <p>The first bar of the feed brings one.</p>
            </Empty>
        );
    return (
        <>
            <div class="columns">
                <BarChart title="By day" unit="account currency" rows={rows(days)} />
                <BarChart title="By week" unit="account currency, weeks from Monday on" rows={rows(weeks)} />
            </div>
            <ShortTable
                label="Profit by day"
                rows={[...days].reverse()}
                columns={[
                    { title: 'Day (UTC)', nowrap: true, cell: (d) => d.from },
                    { title: 'Profit', figure: true, cell: (d) => signedMoney(d.profit), tone: (d) => tone(d.profit) },
                    { title: 'Equity at its end', figure: true, cell: (d) => number(d.equity, 2) },
                ]}
            />
            <p class="note">The newest 35 days and 14 weeks, after fees, open positions at the last closes.</p>
        </>
    );
}
