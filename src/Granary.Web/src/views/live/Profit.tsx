import type { Schemas } from '../../api/client';
import { BarChart } from '../../components/BarChart';
import { Empty } from '../../components/States';
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
            <div class="scroll" tabIndex={0} role="region" aria-label="Profit by day">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">Day (UTC)</th>
                            <th scope="col" class="n">
                                Profit
                            </th>
                            <th scope="col" class="n">
                                Equity at its end
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {[...days].reverse().map((d) => (
                            <tr key={d.from}>
                                <th scope="row">{d.from}</th>
                                <td class={`n ${tone(d.profit)}`}>{signedMoney(d.profit)}</td>
                                <td class="n">{number(d.equity, 2)}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
            <p class="note">The newest 35 days and 14 weeks, after fees, open positions at the last closes.</p>
        </>
    );
}
