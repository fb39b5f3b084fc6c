import { useMemo, useState } from 'preact/hooks';
import { DotChart, type Dot } from '../../components/DotChart';
import { PairBars } from '../../components/PairBars';
import { scaleAround } from '../../components/scale';
import { ShortTable } from '../../components/ShortTable';
import { counted, number, percent, signedNumber, signedPercent, tone } from '../../format/numbers';
import { date } from '../../format/times';
import { key } from './SearchLegend';

interface Rule {
    rule: string;
    return: number | null;
    volatility: number | null;
    sharpe: number | null;
    maxDrawdown: number | null;
    turnover: number | null;
    invested: number | null;
    holds: number | null;
    difference?: number | null;
    standardError?: number | null;
    pValue?: number | null;
    adjusted?: number | null;
}

interface NamedRisk {
    name: string;
    return: number;
    risk: number;
}

/** The weight rules compared out of sample, as results.json has them. */
export interface Allocations {
    chosen?: string;
    strategies: number;
    everyDays: number;
    windowDays?: number;
    choices: number;
    from: string;
    to: string;
    periods: number;
    periodDays: number;
    rules: Rule[];
    risk?: {
        from: string;
        to: string;
        shrinkage: number;
        frontier: { return: number; risk: number }[];
        strategies: NamedRisk[];
        rules: NamedRisk[];
        rule: string;
        contributions: { strategy: string; weight: number; share: number }[];
    };
}

const mostBars = 20;

const days = (n: number) => counted(n, 'day');
const rounded = (v: number) => percent(v, Math.abs(v) < 0.1 && v !== 0 ? 1 : 0);

/** The weight rules side by side, the efficient frontier, and the risk of the last weights. */
export function AllocationsSection(props: { of: Allocations }) {
    const { strategies, choices, everyDays, windowDays, from, to, periods, periodDays, rules, chosen, risk } = props.of;
    return (
        <section id="allocations">
            <h2>Weight rules compared</h2>
            <p class="lead">
                Each rule chose weights of {counted(strategies, 'strategy', 'strategies')} {counted(choices, 'time')}, every{' '}
                {days(everyDays)}, from {windowDays === undefined ? 'all bars' : `the ${days(windowDays)}`} before. The figures are of the
                periods after the choices, {date(from)} to {date(to)}, {counted(periods, 'return')} of {days(periodDays)} each.
                {chosen && (
                    <>
                        {' '}
                        The rule of this batch is <code>{chosen}</code>.
                    </>
                )}
            </p>
            <ShortTable
                label="Weight rules out of sample, figures of a year"
                rows={rules}
                columns={[
                    { title: 'Rule', nowrap: true, cell: (r) => r.rule },
                    { title: 'Return', figure: true, cell: (r) => signedPercent(r.return, 1), tone: (r) => tone(r.return) },
                    { title: 'Volatility', figure: true, cell: (r) => percent(r.volatility, 1) },
                    { title: 'Sharpe', figure: true, cell: (r) => number(r.sharpe, 2) },
                    { title: 'Max drawdown', figure: true, cell: (r) => percent(r.maxDrawdown, 1) },
                    { title: 'Turnover', figure: true, cell: (r) => number(r.turnover, 2) },
                    { title: 'Strategies', figure: true, cell: (r) => number(r.holds, 1) },
                    { title: 'Difference', figure: true, cell: (r) => (r.difference === undefined ? '' : signedNumber(r.difference, 2)) },
                    {
                        title: 'Standard error',
                        figure: true,
                        cell: (r) => (r.standardError === undefined ? '' : number(r.standardError, 2)),
                    },
                    { title: 'p-value', figure: true, cell: (r) => (r.pValue === undefined ? '' : number(r.pValue, 3)) },
                    { title: 'Adjusted p-value', figure: true, cell: (r) => (r.adjusted === undefined ? '' : number(r.adjusted, 3)) },
                ]}
            />
            <p class="note">
                Money is divided among the strategies’ own accounts. Limits and sizes of the portfolio, and the cost of moving money between
                the accounts, are not in it, so the figures differ from those of the portfolio. Turnover is the sum of the absolute changes
                of the weights in a year. The difference is the Sharpe ratio less that of equal weights, with its standard error (Ledoit and
                Wolf 2008). The p-value is by their bootstrap; the adjusted one allows for the number of rules (Holm 1979). A rule is better
                by more than chance if it is below 0.05 and the difference is positive.
            </p>
            {risk && <Risk of={risk} />}
        </section>
    );
}

function Risk(props: { of: NonNullable<Allocations['risk']> }) {
    const { shrinkage, rule, contributions } = props.of;
    return (
        <>
            <Frontier of={props.of} />
            <p class="note">
                The frontier knows the returns that the last choices were made from; it shows what they looked like, not what comes.
                Covariances are shrunk by {percent(shrinkage, 1)} (Ledoit and Wolf 2004); portfolios are without short positions.
            </p>
            {contributions.length === 0 ? (
                <p class="note">
                    The last choice of <code>{rule}</code> weighted no strategy.
                </p>
            ) : (
                <PairBars
                    title={`Last weights of ${rule}, and their share of the risk${contributions.length > mostBars ? `: the largest ${mostBars} of ${contributions.length}` : ''}`}
                    series={['weight', 'share of the variance']}
                    rows={contributions.slice(0, mostBars).map((c) => ({ name: c.strategy, values: [c.weight, c.share] as const }))}
                    format={(v) => percent(v, 1)}
                />
            )}
        </>
    );
}

/** Risk and return of strategies and rules, with the portfolios of the least risk. */
function Frontier(props: { of: NonNullable<Allocations['risk']> }) {
    const { from, to, frontier, strategies, rules } = props.of;
    const [pointed, setPointed] = useState<number | null>(null);
    const drawn = useMemo(() => {
        const named: NamedRisk[] = [...strategies, ...rules];
        const all = [...named, ...frontier];
        const dots = named.map((r, id): Dot => {
            const place = { id, x: r.risk, y: r.return };
            return id < strategies.length
                ? { ...place, colour: 's3', opacity: 0.6, size: 3.5 }
                : { ...place, colour: 's2', opacity: 1, size: 4.5, label: r.name };
        });
        const scale = (title: string, values: number[]) => scaleAround(title, [0, ...values], rounded);
        return {
            named,
            dots,
            lines: [{ colour: 's1', points: frontier.map((p) => ({ x: p.risk, y: p.return })) }],
            across: scale(
                'volatility of a year',
                all.map((p) => p.risk),
            ),
            up: scale(
                'expected return of a year',
                all.map((p) => p.return),
            ),
        };
    }, [frontier, strategies, rules]);
    const least = frontier[0];
    return (
        <DotChart
            title={`Efficient frontier of the past: ${date(from)} to ${date(to)}, in sample`}
            summary={`The portfolio with the smallest risk has a volatility of ${percent(least?.risk, 1)} and an expected return of ${percent(least?.return, 1)} a year`}
            legend={
                <>
                    {key('s1', 'efficient frontier', 'line')}
                    {key('s3', 'strategies')}
                    {key('s2', 'last weights of the rules')}
                </>
            }
            across={drawn.across}
            up={drawn.up}
            titled
            dots={drawn.dots}
            lines={drawn.lines}
            height={320}
            pointed={pointed}
            onPoint={setPointed}
            tip={(id) => (
                <>
                    <b>{drawn.named[id]?.name}</b>
                    <div>return {percent(drawn.named[id]?.return, 1)}</div>
                    <div>volatility {percent(drawn.named[id]?.risk, 1)}</div>
                </>
            )}
        />
    );
}
