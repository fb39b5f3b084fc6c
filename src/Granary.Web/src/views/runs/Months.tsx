import { useRange } from '../../api/range';
import { takeCurve } from '../../api/series';
import { useQuery } from '../../api/useQuery';
import { HeatTable } from '../../components/HeatTable';
import { Loading } from '../../components/States';
import { signedPercent } from '../../format/numbers';
import type { RunDetails } from './run';

const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

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
    const range = useRange();
    const months = useQuery(`run/${id}/months/${range.name}`, () => takeCurve(id, 'months', range.query));
    if (!months.data) return months.problem ? null : <Loading height={140} />;
    const years = yearsOf(months.data.times, months.data.values);
    return (
        <section>
            <h2>Returns by month</h2>
            <HeatTable
                label="Returns by month"
                corner="Year"
                columns={[...names, 'Whole year'].map((name) => ({ name }))}
                rows={years.map((y) => ({
                    name: y.year,
                    cells: [
                        ...y.months.map((v) => (v === undefined ? undefined : { text: signedPercent(v, 1), value: v })),
                        { text: signedPercent(y.total, 1) },
                    ],
                }))}
            />
        </section>
    );
}
