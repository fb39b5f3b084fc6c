import type { Schemas } from '../../api/client';
import { Badge } from '../../components/Badge';
import { Pairs } from '../../components/Pairs';
import { ShortTable } from '../../components/ShortTable';
import { counted, none, number, percent } from '../../format/numbers';
import { exact, words } from './words';

type Answer = Schemas['WhyAnswer'];

/** The strategy's own account before and after the bar, its signals, and the portfolio with its rules. */
export function WhyAccounts(props: { answer: Answer }) {
    const { answer } = props;
    return (
        <>
            <Own answer={answer} />
            {answer.signals.map((s) => (
                <Signal key={s.number} signal={s} />
            ))}
            <Portfolio answer={answer} />
        </>
    );
}

const trade = (t: Schemas['WhyOpenTrade']) =>
    `${t.number}: ${t.side} ${exact(t.quantity)} ${t.symbol} at ${exact(t.entryPrice)}` +
    (t.stop == null ? '' : `, stop ${exact(t.stop)}`) +
    (t.target == null ? '' : `, target ${exact(t.target)}`);

const order = (o: Schemas['WhyOrder']) =>
    `${words(o.role)}: ${o.type}, ${o.side} ${exact(o.quantity)} ${o.symbol}` +
    (o.limitPrice == null ? '' : `, limit ${exact(o.limitPrice)}`) +
    (o.stopPrice == null ? '' : `, stop ${exact(o.stopPrice)}`);

const lines = (texts: string[]) =>
    texts.length === 0 ? (
        none
    ) : (
        <ul>
            {texts.map((t) => (
                <li key={t}>{t}</li>
            ))}
        </ul>
    );

function Own(props: { answer: Answer }) {
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
                    { title: 'Open trades', cell: (s) => lines(s.account.trades.map(trade)) },
                    { title: 'Waiting orders', cell: (s) => lines(s.account.orders.map(order)) },
                ]}
            />
            <ShortTable
                label="What happened at this bar"
                rows={answer.events}
                empty="Nothing happened in the strategy’s own account at this bar."
                columns={[
                    { title: 'Event', nowrap: true, cell: (e) => words(e.kind) },
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
                {s.decision && <Badge kind={s.decision === 'accepted' ? 'yes' : 'no'}>{words(s.decision)}</Badge>}
            </h3>
            <p>
                Quantity {exact(s.quantity)} at {exact(s.price)}
                {s.stop == null ? '' : `, stop ${exact(s.stop)}`}
                {s.target == null ? '' : `, target ${exact(s.target)}`}. {s.reason}{' '}
                {s.granted ? `The portfolio takes ${exact(s.granted)}.` : ''}{' '}
                {s.outcome && `Outcome in the strategy’s own account: ${words(s.outcome)}.`}
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
                caption="Amounts in account currency"
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
                        { title: 'Rule', nowrap: true, cell: (r) => r.name },
                        {
                            title: 'Limits',
                            cell: (r) => (r.title === words(r.name) ? none : r.title + (r.about ? ` (${r.about})` : '')),
                        },
                        { title: 'Used', figure: true, cell: (r) => exact(r.used) },
                        { title: 'Limit', figure: true, cell: (r) => exact(r.limit) },
                        { title: 'Unit', cell: (r) => r.unit ?? '' },
                        { title: 'State', cell: (r) => (r.state === 'refused' ? <Badge kind="no">refused</Badge> : words(r.state)) },
                    ]}
                />
            )}
        </>
    );
}
