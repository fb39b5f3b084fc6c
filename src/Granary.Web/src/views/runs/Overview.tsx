import { Badge } from '../../components/Badge';
import { Figures, type Figure } from '../../components/Figures';
import { RangeBar } from '../../components/RangeBar';
import { ShortTable } from '../../components/ShortTable';
import { Unbroken } from '../../components/Unbroken';
import { Wrong } from '../../components/Wrong';
import { number, percent, signedMoney, signedPercent, tone } from '../../format/numbers';
import { AccountCharts } from './AccountCharts';
import { useAnalysis } from './Analysis';
import { Drawdowns } from './Drawdowns';
import { Months } from './Months';
import { PortfolioTrades } from './PortfolioTrades';
import { checkNames, currencyOf, verdictOf, type Check, type RunDetails, type Stats } from './run';
import { useFigures } from './useFigures';

/** How long the drawdown was, and whose peak it is below. */
export const drawdownNote = (s: Stats, isPart: boolean): string =>
    `${number(s.maxDrawdownDays)} days${isPart ? ', below the peak in the range' : ''}`;

/** The portfolio of a run: headline figures, each with how far it can be believed, equity, drawdown, months, trades, checks. */
export function Overview(props: { run: RunDetails }) {
    const { run } = props;
    const { stats: s, isPart, problem } = useFigures(run.id, run.portfolio.stats);
    const analysis = useAnalysis(run);
    return (
        <>
            <RangeBar what="Figures, charts and trades" />
            {problem && <Wrong>{problem.message}</Wrong>}
            <Figures figures={[verdictFigure(run, isPart), ...figuresOf(run, s, isPart)]} />
            <p class="note">
                Figures are of the portfolio’s account where they do not say otherwise; ratios are annualised.
                {isPart && ' Those of a range begin with the equity before it; a trade counts in the range in which it was closed.'}
                {!isPart &&
                    stressOf(run) !== undefined &&
                    ' The return with double costs can be above the total return: each order also fills one bar later, at a price that may be better' +
                        (run.kind === 'walk-forward' ? '.' : ', and each strategy has an account of its own.')}
            </p>
            {run.portfolio.stats === null && <p class="notice">No strategy of this run has a weight, so that it has no portfolio.</p>}
            <AccountCharts run={run.id} currency={currencyOf(run)} benchmark={analysis.data?.benchmark ?? undefined} />
            <Months run={run} />
            {(analysis.data?.drawdowns.length ?? 0) > 0 && <Drawdowns of={analysis.data?.drawdowns ?? []} />}
            <PortfolioTrades run={run} />
            <Checks run={run} />
        </>
    );
}

function verdictFigure(run: RunDetails, isPart: boolean): Figure {
    const verdict = verdictOf(run);
    return {
        name: 'Verdict',
        value: <Badge kind={verdict.kind}>{verdict.text}</Badge>,
        note: `${verdict.passed} of ${verdict.of} checks passed${isPart ? ', of the whole run' : ''}`,
    };
}

const stressOf = (run: RunDetails): number | undefined => (run.evidence?.costStress as { stressed?: number } | undefined)?.stressed;

// What validation checks say is of the whole run, and stands beside its figures only.
function figuresOf(run: RunDetails, s: Stats, isPart: boolean): Figure[] {
    const unseen = isPart ? undefined : (run.evidence?.outOfSample as { return?: number } | undefined);
    const deflated = isPart ? undefined : (run.evidence?.deflatedSharpe as { value?: number } | undefined);
    const stressed = isPart ? undefined : stressOf(run);
    return [
        {
            name: 'Total return',
            value: signedPercent(s.totalReturn),
            tone: tone(s.totalReturn),
            note: unseen?.return === undefined ? `${signedPercent(s.cagr)} a year` : `${signedPercent(unseen.return, 1)} on bars not seen`,
        },
        {
            name: 'Sharpe ratio',
            value: number(s.sharpe, 2),
            note:
                deflated?.value === undefined
                    ? `from every bar; Sortino ${number(s.sortino, 2)}`
                    : `from every bar; ${percent(deflated.value, 1)} sure it is not luck`,
        },
        { name: 'Max drawdown', value: percent(s.maxDrawdown), note: drawdownNote(s, isPart) },
        ...(stressed === undefined
            ? []
            : [
                  {
                      name: 'With double costs',
                      value: signedPercent(stressed, 1),
                      tone: tone(stressed),
                      note: `and each order one bar later, ${run.kind === 'walk-forward' ? 'of the portfolio' : 'mean of the strategies’ own accounts'}`,
                  },
              ]),
        { name: 'Trades', value: number(s.trades), note: 'closed' },
        { name: 'Win rate', value: percent(s.winRate, 1), note: 'closed trades with a net profit' },
        { name: 'Profit factor', value: number(s.profitFactor, 2), note: 'net wins over net losses' },
        {
            name: 'Expectancy',
            value: signedMoney(s.expectancy),
            tone: tone(s.expectancy),
            note: `mean net profit of a trade, ${currencyOf(run)}`,
        },
        {
            name: 'Average exposure',
            value: percent(s.grossExposureAverage, 1),
            note: `longs and shorts over equity; in the market ${percent(s.exposure, 0)} of the time`,
        },
        { name: 'Commission', value: number(s.commission, 2), note: currencyOf(run) },
    ];
}

function Checks(props: { run: RunDetails }) {
    const { evidence, guards, notes, statements } = props.run;
    const checks: [string, Check][] = [
        ...Object.entries(evidence ?? {}).filter(([, c]) => typeof c === 'object' && 'state' in c),
        ...Object.entries(statements ?? {}).map(([name, s]): [string, Check] => [name, { ...s, state: 'missing' }]),
    ];
    return (
        <section id="validation">
            <h2>How far this can be believed</h2>
            {checks.length === 0 ? (
                <p class="lead">No validation check looked at this run.</p>
            ) : (
                <>
                    <p class="lead">
                        {guards?.conclusions?.[0] ?? 'A live session trades a configuration only where all checks have passed.'}
                    </p>
                    <ShortTable
                        label="Validation checks"
                        rows={checks}
                        columns={[
                            { title: 'Check', cell: ([name]) => checkNames[name] ?? name },
                            {
                                title: 'Outcome',
                                cell: ([, check]) => check.word ?? check.state,
                                tone: ([, check]) =>
                                    check.word ? 'soft' : check.state === 'passed' ? 'gain' : check.state === 'failed' ? 'loss' : 'soft',
                            },
                            { title: 'What was found', cell: ([, check]) => <Unbroken>{check.sentence}</Unbroken>, prose: true },
                        ]}
                    />
                </>
            )}
            {(guards?.conclusions?.length ?? 0) > 1 && (
                <details>
                    <summary>The reasons, in {number(guards?.conclusions?.length)} sentences</summary>
                    <ul>
                        {guards?.conclusions?.map((c) => (
                            <li key={c}>{c}</li>
                        ))}
                    </ul>
                </details>
            )}
            {(notes?.length ?? 0) > 0 && (
                <details>
                    <summary>Notes about the run ({number(notes?.length)})</summary>
                    <ul>
                        {notes?.map((n) => (
                            <li key={n.sentence}>
                                <Unbroken>{n.sentence}</Unbroken>
                            </li>
                        ))}
                    </ul>
                </details>
            )}
        </section>
    );
}
