import { useCallback, useEffect, useRef } from 'preact/hooks';
import { json, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { ShortTable } from '../../components/ShortTable';
import { Empty, Loaded } from '../../components/States';
import { number, price } from '../../format/numbers';
import { time, zoneOf } from '../../format/times';
import { useTitle } from '../../layout/title';
import { tradePath } from '../runs/run';
import { answerPath } from './address';
import { WhyAccounts } from './WhyAccounts';
import { WhyFold } from './WhyFold';
import { WhyInputs } from './WhyInputs';
import { WhyQuestion } from './WhyQuestion';
import { WhySpan } from './WhySpan';
import { exact, words } from './words';
import './why.css';

type Answer = Schemas['WhyAnswer'];

/** Everything that decided about a strategy at one bar; steps lead to the next and the previous bar. */
export default function WhyView() {
    const { search, set, hrefOf } = useSearch();
    const { run, session, strategy } = search;
    const source = run ?? session;
    const path = answerPath(search);
    useTitle('Why');
    const found = useQuery(`why ${path}`, () => (path === null ? Promise.resolve(null) : json<Answer>(path)));
    // The last answer about the strategy stays while the next one loads: a step keeps the focus and the place on the page.
    const kept = useRef<Answer | null>(null);
    if (found.data !== undefined) kept.current = found.data;
    const isSame = kept.current?.source === source && kept.current?.strategy === strategy;
    // null is an answer: the address names no bar.
    const before = isSame && path !== null && !found.problem ? (kept.current ?? undefined) : undefined;
    const data = found.data === undefined ? before : found.data;
    if (!source || !strategy) return <Nothing />;
    const home = run ? `/runs/${encodeURIComponent(run)}` : `/live/${encodeURIComponent(source)}`;
    return (
        <>
            <p class="eyebrow">
                <a href={home}>{source}</a>
            </p>
            <h1>Why</h1>
            <p class="lead">
                What decided about{' '}
                {run ? (
                    <a class="unbroken" href={`${home}?strategy=${encodeURIComponent(strategy)}`}>
                        {strategy}
                    </a>
                ) : (
                    <span class="unbroken">{strategy}</span>
                )}
                : factors, conditions, orders, and the rules of the portfolio.
            </p>
            <WhyQuestion search={search} shown={data?.bar?.time} set={set} />
            <Loaded query={{ ...found, data }} height={600}>
                {(answer) =>
                    answer === null ? (
                        <Empty title="Name a bar or a span">
                            <p>Give the time of a bar, or the two ends of a span. Trades, signals and charts lead here too.</p>
                        </Empty>
                    ) : (
                        <div class="answer" aria-busy={found.loading && found.data === undefined}>
                            {answer.span ? (
                                <WhySpan answer={answer} span={answer.span} hrefOf={(at) => hrefOf({ at, from: '', to: '' })} />
                            ) : (
                                <Bar run={search.run} answer={answer} set={set} />
                            )}
                        </div>
                    )
                }
            </Loaded>
        </>
    );
}

function Nothing() {
    return (
        <>
            <h1>Why</h1>
            <p class="lead">What decided about a strategy: factors, conditions, orders, and the rules of the portfolio.</p>
            <Empty title="Choose a strategy">
                <p>
                    Open a strategy of a <a href="/runs">run</a> or a <a href="/live">session</a>, and follow “Why?” beside its trades and
                    signals. A double-click on a bar of its chart leads here too.
                </p>
            </Empty>
        </>
    );
}

/** The address of the chart: of the trade that was asked about, else of the bar. */
const chartPath = (run: string, answer: Answer, bar: string) =>
    tradePath(run, {
        strategy: answer.strategy,
        symbol: answer.trade?.symbol ?? answer.symbol,
        entryTime: answer.trade?.entryTime ?? bar,
    });

function Bar(props: { run: string | undefined; answer: Answer; set: (changes: Record<string, string>) => void }) {
    const { answer, set } = props;
    const bar = answer.bar as Schemas['WhyBar'];
    const step = useCallback((by: number) => set({ at: bar.time, trade: '', signal: '', step: String(by) }), [bar.time, set]);
    const [canGoBack, canGoOn] = [bar.number > 0, bar.number < (bar.last ?? Infinity)];
    useEffect(() => {
        const press = (e: KeyboardEvent) => {
            if (e.target instanceof HTMLElement && e.target.matches('input, select, textarea, [role=region]')) return;
            if (e.altKey || e.ctrlKey || e.metaKey) return;
            if (e.key === 'ArrowLeft' && canGoBack) step(-1);
            else if (e.key === 'ArrowRight' && canGoOn) step(1);
        };
        addEventListener('keydown', press);
        return () => removeEventListener('keydown', press);
    }, [step, canGoBack, canGoOn]);
    return (
        <>
            <div class="actions">
                <h2>
                    {time(bar.time, answer.symbol)}, {answer.symbol} {answer.timeframe}
                </h2>
                <button type="button" title="Key: left arrow" disabled={!canGoBack} onClick={() => step(-1)}>
                    ← Bar before
                </button>
                <button type="button" title="Key: right arrow" disabled={!canGoOn} onClick={() => step(1)}>
                    Next bar →
                </button>
                {props.run !== undefined && (
                    <a class="button" href={chartPath(props.run, answer, bar.time)}>
                        In the chart
                    </a>
                )}
            </div>
            <p class="note" role="status">
                Bar {number(bar.number)}
                {bar.last === null ? '' : ` of ${number(bar.last)}`}, known at {time(bar.knownAt, answer.symbol)} ({zoneOf(answer.symbol)}).{' '}
                {answer.notes.join(' ')}
            </p>
            <WhyFold answer={answer} />
            {answer.trade && (
                <p>
                    Trade {answer.trade.number} ({answer.trade.side} {exact(answer.trade.quantity)}) was opened at{' '}
                    {time(answer.trade.entryTime, answer.trade.symbol)} for {price(answer.trade.entryPrice)}
                    {answer.trade.exitTime &&
                        `, closed at ${time(answer.trade.exitTime, answer.trade.symbol)} for ${price(answer.trade.exitPrice)} by ${words(answer.trade.exitReason ?? '')}`}
                    .
                </p>
            )}
            <WhyInputs answer={answer} />
            <WhyAccounts answer={answer} />
            {answer.venue.length > 0 && (
                <>
                    <h3>Sent and received</h3>
                    <ShortTable
                        label="Sent and received"
                        class="facts"
                        rows={answer.venue}
                        columns={[
                            { title: 'Entry', cell: (f) => f.sequence },
                            { title: 'Time', nowrap: true, cell: (f) => time(f.at, f.symbol) },
                            { title: 'Kind', nowrap: true, cell: (f) => words(f.kind) },
                            { title: 'What', prose: true, cell: (f) => f.text },
                        ]}
                    />
                </>
            )}
            <p class="note">
                In a terminal: <code class="unbroken">{answer.command}</code>
            </p>
        </>
    );
}
