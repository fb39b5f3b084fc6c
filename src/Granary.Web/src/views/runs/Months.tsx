import { takeCurve } from '../../api/series';
import { useQuery } from '../../api/useQuery';
import { Loading } from '../../components/States';
import { signedPercent } from '../../format/numbers';
import type { RunDetails } from './run';

const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The colour of a cell of a heat map: g1 to g4 for gains, l1 to l4 for losses, by its size against the largest. */
export function heat(value: number | null | undefined, largest: number): string {
    if (value === null || value === undefined || value === 0 || !Number.isFinite(value) || largest <= 0) return '';
    return `${value > 0 ? 'g' : 'l'}${Math.min(4, Math.max(1, Math.ceil((Math.abs(value) / largest) * 4)))}`;
}

/** The returns of months as rows of years, with the compound return of each year. */
export function yearsOf(
    times: readonly string[],
    returns: readonly number[],
): { year: number; months: (number | undefined)[]; total: number }[] {
    const years = new Map<number, { year: number; months: (number | undefined)[]; total: number }>();
    times.forEach((text, i) => {
        const month = new Date(text);
        const year = month.getUTCFullYear();
        const row = years.get(year) ?? { year, months: Array<number | undefined>(12).fill(undefined), total: 0 };
        const value = returns[i] ?? 0;
        row.months[month.getUTCMonth()] = value;
        row.total = (1 + row.total) * (1 + value) - 1;
        years.set(year, row);
    });
    return [...years.values()];
}

/** The heat map of monthly returns. */
export function Months(props: { run: RunDetails }) {
    const { id } = props.run;
    const months = useQuery(`run/${id}/months`, () => takeCurve(id, 'months'));
    if (!months.data) return months.problem ? null : <Loading height={140} />;
    const years = yearsOf(months.data.times, months.data.values);
    const largest = Math.max(...months.data.values.map(Math.abs), 0);
    return (
        <section>
            <h2>Returns by month</h2>
            <div class="scroll" tabIndex={0} role="region" aria-label="Returns by month">
                <table class="heat">
                    <thead>
                        <tr>
                            <th scope="col">Year</th>
                            {names.map((n) => (
                                <th key={n} scope="col" class="n">
                                    {n}
                                </th>
                            ))}
                            <th scope="col" class="n">
                                Year
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {years.map((y) => (
                            <tr key={y.year}>
                                <th scope="row">{y.year}</th>
                                {y.months.map((v, i) => (
                                    <td key={names[i]} class={`n ${heat(v, largest)}`}>
                                        {v === undefined ? '' : signedPercent(v, 1)}
                                    </td>
                                ))}
                                <td class="n total">{signedPercent(y.total, 1)}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </section>
    );
}
