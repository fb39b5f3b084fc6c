import type { Schemas } from '../../api/client';
import { number } from '../../format/numbers';

const day = 86_400_000;
const cell = 12;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface CoveredDay {
    /** Milliseconds since 1970. */
    at: number;
    count: number;
    /** Full, part, none (although the market usually trades), or closed. */
    kind: 'full' | 'part' | 'none' | 'closed';
}

/** The days of a coverage by year. */
export function daysOf(coverage: Schemas['MarketCoverage']): Map<number, CoveredDay[]> {
    const missing = new Set(coverage.missing);
    const short = new Set(coverage.short);
    const first = Date.parse(coverage.from);
    const years = new Map<number, CoveredDay[]>();
    coverage.counts.forEach((count, i) => {
        const at = first + i * day;
        const date = new Date(at).toISOString().slice(0, 10);
        const kind = count === 0 ? (missing.has(date) ? 'none' : 'closed') : short.has(date) ? 'part' : 'full';
        const year = Number(date.slice(0, 4));
        const days = years.get(year);
        if (days) days.push({ at, count, kind });
        else years.set(year, [{ at, count, kind }]);
    });
    return years;
}

/** Bars by day, a year in each row of weeks; the newest year first. */
export function Calendar(props: { coverage: Schemas['MarketCoverage'] }) {
    const { coverage } = props;
    const years = [...daysOf(coverage)].reverse();
    return (
        <>
            <p class="legend calendar-legend">
                <span>
                    <i class="cell full" /> all bars of{' '}
                    {coverage.calendar ? `a session of ${coverage.calendar}` : 'a usual day of that weekday'}
                </span>
                <span>
                    <i class="cell part" /> fewer than 95% of them
                </span>
                <span>
                    <i class="cell none" /> none, although the market usually trades
                </span>
                <span>
                    <i class="cell closed" /> closed: no session, or a day on which the market seldom trades
                </span>
            </p>
            {years.map(([year, days]) => (
                <Year key={year} year={year} days={days} />
            ))}
        </>
    );
}

function Year(props: { year: number; days: CoveredDay[] }) {
    const start = Date.UTC(props.year, 0, 1);
    // Rows are weekdays from Monday on.
    const shift = (new Date(start).getUTCDay() + 6) % 7;
    const place = (at: number) => {
        const n = Math.round((at - start) / day) + shift;
        return { x: Math.floor(n / 7) * cell, y: (n % 7) * cell };
    };
    const bad = props.days.filter((d) => d.kind === 'none').length;
    const part = props.days.filter((d) => d.kind === 'part').length;
    const summary = `${props.year}: ${props.days.length - bad} days without a gap, ${part} of them with fewer bars than usual, ${bad} missing`;
    return (
        <figure class="chart year">
            <figcaption>
                <span class="name">{props.year}</span>
                <span class="soft">{bad > 0 ? `${number(bad)} missing` : part > 0 ? `${number(part)} with fewer bars` : 'complete'}</span>
            </figcaption>
            <div class="scroll" tabIndex={0} role="region" aria-label={`Coverage of ${props.year}`}>
                <svg class="calendar" width={53 * cell + cell} height={7 * cell + 16} role="img" aria-label={summary}>
                    {months.map((m, i) => (
                        <text key={m} x={place(Date.UTC(props.year, i, 1)).x} y={7 * cell + 13}>
                            {m}
                        </text>
                    ))}
                    {props.days.map((d) => (
                        <rect key={d.at} class={d.kind} {...place(d.at)} width={cell - 2} height={cell - 2} rx={2}>
                            <title>{`${new Date(d.at).toISOString().slice(0, 10)}: ${number(d.count)} bars`}</title>
                        </rect>
                    ))}
                </svg>
            </div>
        </figure>
    );
}
