import { useCallback, useEffect, useState } from 'preact/hooks';
import { json, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { Field } from '../../components/Field';
import { Pairs } from '../../components/Pairs';
import { ShortTable } from '../../components/ShortTable';
import { Empty, Loaded } from '../../components/States';
import { counted, none, number, percent, price } from '../../format/numbers';
import { time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { answerPath } from './address';
import { WhySpan } from './WhySpan';

type Answer = Schemas['WhyAnswer'];

// As many digits as the value has, since the last one may decide a condition.
const exact = (value: number | null | undefined): string => (value === null || value === undefined ? none : String(value));

/** Everything that decided about a strategy at one bar; steps lead to the next and the previous bar. */
export default function WhyView() {
    const { search, set } = useSearch();
    const path = answerPath(search);
    useTitle('Why');
    const found = useQuery(`why ${path}`, () => (path === null ? Promise.resolve(null) : json<Answer>(path)));
    const home = search.run ? `/runs/${encodeURIComponent(search.run)}` : `/live/${encodeURIComponent(search.session ?? '')}`;
    return (
        <>
            <p class="eyebrow">
                <a href={home}>{search.run ?? search.session}</a>
            </p>
            <h1>Why</h1>
            <p class="lead">
                What decided about {search.strategy ? <span class="unbroken">{search.strategy}</span> : 'a strategy'}: factors, conditions,
                orders, and the rules of the portfolio.
            </p>
            <Question search={search} set={set} />
            <Loaded query={found} height={600}>
                {(answer) =>
                    answer === null ? (
                        <Empty title="Name a bar or a span">
                            <p>Give the time of a bar, or the two ends of a span. Trades, signals and charts of a run lead here too.</p>
                        </Empty>
                    ) : answer.span ? (
                        <WhySpan answer={answer} span={answer.span} show={(at) => set({ at, from: '', to: '' })} />
                    ) : (
                        <Bar answer={answer} set={set} />
                    )
                }
            </Loaded>
        </>
    );
}

function Question(props: { search: Record<string, string>; set: (changes: Record<string, string>) => void }) {
    const { search, set } = props;
    const [at, setAt] = useState(search.at ?? '');
    const [from, setFrom] = useState(search.from ?? '');
    const [to, setTo] = useState(search.to ?? '');
    useEffect(() => setAt(search.at ?? ''), [search.at]);
    const text = (label: string, value: string, change: (v: string) => void) => (
        <Field label={label}>
            {(a) => (
                <input {...a} type="text" value={value} placeholder="2024-01-31T14:30Z" onInput={(e) => change(e.currentTarget.value)} />
            )}
        </Field>
    );
    return (
        <div class="row">
            <form
                class="row"
                onSubmit={(e) => {
                    e.preventDefault();
                    set({ at, trade: '', signal: '', from: '', to: '', step: '' });
                }}
            >
                {text('Bar at (UTC)', at, setAt)}
                <button type="submit">Show the bar</button>
            </form>
            <form
                class="row"
                onSubmit={(e) => {
                    e.preventDefault();
                    set({ from, to, at: '', trade: '', signal: '', step: '' });
                }}
            >
                {text('No trade from (UTC)', from, setFrom)}
                {text('to', to, setTo)}
                <button type="submit">Why not?</button>
            </form>
        </div>
    );
}

function Bar(props: { answer: Answer; set: (changes: Record<string, string>) => void }) {
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
            </div>
            <p class="note" role="status">
                Bar {number(bar.number)}
                {bar.last === null ? '' : ` of ${number(bar.last)}`}, known at {time(bar.knownAt, answer.symbol)}. {answer.notes.join(' ')}
            </p>
            {answer.trade && (
                <p>
                    Trade {answer.trade.number} ({answer.trade.side} {exact(answer.trade.quantity)}) entered at{' '}
                    {time(answer.trade.entryTime, answer.trade.symbol)} for {price(answer.trade.entryPrice)}
                    {answer.trade.exitTime &&
                        `, closed at ${time(answer.trade.exitTime, answer.trade.symbol)} by ${answer.trade.exitReason}`}
                    .
                </p>
            )}
            <Inputs answer={answer} />
            <Accounts answer={answer} />
            {answer.signals.map((s) => (
                <Signal key={s.number} signal={s} />
            ))}
            <Portfolio answer={answer} />
            {answer.venue.length > 0 && (
                <>
                    <h3>Sent and received</h3>
                    <ShortTable
                        label="Sent and received"
                        rows={answer.venue}
                        columns={[
                            { title: 'No.', cell: (f) => f.sequence },
                            { title: 'Time', nowrap: true, cell: (f) => time(f.at, f.symbol) },
                            { title: 'Kind', cell: (f) => f.kind },
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

function Inputs(props: { answer: Answer }) {
    const { answer } = props;
    const bars = [answer.bar as Schemas['WhyBar'], ...answer.otherBars];
    return (
        <>
            <h3>Bar, factors and conditions</h3>
            <ShortTable
                label="Bars"
                rows={bars}
                columns={[
                    { title: 'Symbol', cell: (b) => b.symbol },
                    { title: 'Open', figure: true, cell: (b) => exact(b.open) },
                    { title: 'High', figure: true, cell: (b) => exact(b.high) },
                    { title: 'Low', figure: true, cell: (b) => exact(b.low) },
                    { title: 'Close', figure: true, cell: (b) => exact(b.close) },
                    { title: 'Volume', figure: true, cell: (b) => exact(b.volume) },
                ]}
            />
            {answer.factors.length > 0 && (
                <ShortTable
                    label="Factors"
                    rows={answer.factors}
                    columns={[
                        { title: 'Factor', nowrap: true, cell: (f) => (bars.length > 1 ? `${f.symbol} ${f.name}` : f.name) },
                        { title: 'Value', figure: true, cell: (f) => exact(f.value) },
                        { title: 'Last bars', cell: (f) => f.recent.map((r) => (r.value === null ? none : price(r.value))).join('  ') },
                    ]}
                />
            )}
            {answer.conditions.length > 0 && (
                <ShortTable
                    label="Conditions"
                    rows={answer.conditions}
                    columns={[
                        { title: 'Condition', cell: (c) => (bars.length > 1 ? `${c.symbol}: ${c.text}` : c.text) },
                        { title: 'Left', figure: true, cell: (c) => exact(c.left) },
                        { title: 'Right', figure: true, cell: (c) => exact(c.right) },
                        { title: 'Holds', cell: (c) => <Badge kind={c.holds ? 'yes' : 'no'}>{c.holds ? 'yes' : 'no'}</Badge> },
                        { title: 'For', cell: (c) => c.acts.join(', ') },
                        { title: 'Apart', figure: true, cell: (c) => percent(c.distance) },
                    ]}
                />
            )}
        </>
    );
}

function Accounts(props: { answer: Answer }) {
    const { answer } = props;
    const states = [
        { name: 'Before', account: answer.before },
        { name: 'After', account: answer.after },
    ].flatMap((s) => (s.account ? [{ name: s.name, account: s.account }] : []));
    return (
        <>
            <h3>The strategy’s own account</h3>
            <ShortTable
                label="The strategy’s own account"
                rows={states}
                columns={[
                    { title: 'When', cell: (s) => s.name },
                    { title: 'Cash', figure: true, cell: (s) => number(s.account.cash, 2) },
                    { title: 'Equity', figure: true, cell: (s) => number(s.account.equity, 2) },
                    {
                        title: 'Open trades',
                        cell: (s) =>
                            s.account.trades
                                .map(
                                    (t) =>
                                        `${t.number}: ${t.side} ${exact(t.quantity)} ${t.symbol} at ${exact(t.entryPrice)}` +
                                        (t.stop === null ? '' : `, stop ${exact(t.stop)}`) +
                                        (t.target === null ? '' : `, target ${exact(t.target)}`),
                                )
                                .join('; ') || none,
                    },
                    {
                        title: 'Waiting orders',
                        cell: (s) =>
                            s.account.orders.map((o) => `${o.role} ${o.type} ${o.side} ${exact(o.quantity)} ${o.symbol}`).join('; ') ||
                            none,
                    },
                ]}
            />
            <ShortTable
                label="What happened at this bar"
                rows={answer.events}
                empty="Nothing happened in the strategy’s own account at this bar."
                columns={[
                    { title: 'Event', nowrap: true, cell: (e) => e.kind },
                    { title: 'What', prose: true, cell: (e) => e.text },
                ]}
            />
        </>
    );
}

function Signal(props: { signal: Schemas['WhySignal'] }) {
    const s = props.signal;
    return (
        <>
            <h3>
                Signal {s.number}: {s.side} {s.symbol}{' '}
                {s.decision && <Badge kind={s.decision === 'accepted' ? 'yes' : 'no'}>{s.decision}</Badge>}
            </h3>
            <p>
                {exact(s.quantity)} at {exact(s.price)}. {s.reason} {s.granted ? `The portfolio takes ${exact(s.granted)}.` : ''}{' '}
                {s.outcome && `Outcome in the strategy’s own account: ${s.outcome}.`}
            </p>
            {s.model && (
                <>
                    <Pairs
                        pairs={[
                            { name: 'Model', value: `${s.model.name}, version ${s.model.version}` },
                            { name: 'Prediction', value: exact(s.model.prediction) },
                            {
                                name: `Rule ${s.model.rule}`,
                                value: Object.entries(s.model.thresholds)
                                    .map(([name, value]) => `${name} ${value}`)
                                    .join(', '),
                            },
                            { name: 'Part of the size', value: exact(s.model.sizeFactor) },
                        ]}
                    />
                    <ShortTable
                        label="Features of the model"
                        rows={s.model.features}
                        columns={[
                            { title: 'Feature', cell: (f) => f.name },
                            { title: 'Value', figure: true, cell: (f) => exact(f.value) },
                        ]}
                    />
                </>
            )}
        </>
    );
}

function Portfolio(props: { answer: Answer }) {
    const { portfolio: p, rules } = props.answer;
    if (!p) return null;
    return (
        <>
            <h3>Portfolio</h3>
            <Pairs
                pairs={[
                    { name: 'Weight of the strategy', value: exact(p.weight) },
                    { name: 'Cash', value: number(p.cash, 2) },
                    { name: 'Free cash', value: number(p.freeCash, 2) },
                    { name: 'Reserved cash', value: `${number(p.reservedCash, 2)} for ${counted(p.reservedTrades, 'entry', 'entries')}` },
                    { name: 'Equity', value: number(p.equity, 2) },
                    { name: 'Exposure', value: `${number(p.exposure, 2)} in ${counted(p.openTrades, 'trade')}` },
                    { name: 'Drawdown', value: percent(p.drawdown) },
                ]}
            />
            {rules.length > 0 && (
                <ShortTable
                    label="Rules of the portfolio"
                    rows={rules}
                    columns={[
                        { title: 'Rule', cell: (r) => r.name },
                        { title: 'Limits', cell: (r) => r.title + (r.about ? ` (${r.about})` : '') },
                        { title: 'Used', figure: true, cell: (r) => exact(r.used) },
                        { title: 'Limit', figure: true, cell: (r) => exact(r.limit) },
                        { title: 'Unit', cell: (r) => r.unit ?? '' },
                        { title: 'State', cell: (r) => (r.state === 'refused' ? <Badge kind="no">refused</Badge> : r.state) },
                    ]}
                />
            )}
        </>
    );
}
