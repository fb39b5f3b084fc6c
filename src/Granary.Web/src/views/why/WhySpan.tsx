import type { Schemas } from '../../api/client';
import { ShortTable } from '../../components/ShortTable';
import { counted, number, percent } from '../../format/numbers';
import { time, zoneOf } from '../../format/times';
import { WhyFold } from './WhyFold';
import { permits, words } from './words';

/** Why a strategy did not trade in a span: how often each condition failed, and the nearest miss. */
export function WhySpan(props: { answer: Schemas['WhyAnswer']; span: Schemas['WhySpan']; hrefOf: (at: string) => string }) {
    const { answer, span, hrefOf } = props;
    const miss = span.nearestMiss;
    return (
        <>
            <h2>
                {time(span.from, answer.symbol)} to {time(span.to, answer.symbol)} {zoneOf(answer.symbol)}, {answer.symbol}{' '}
                {answer.timeframe}
            </h2>
            <p role="status">
                {counted(span.bars, 'bar')}, {counted(span.signals, 'signal')}; the strategy held a position at{' '}
                {counted(span.inPosition, 'bar')}.
                {Object.entries(span.refused).map(([decision, count]) => ` Refused by ${words(decision)}: ${number(count)}.`)}{' '}
                {answer.notes.join(' ')}
            </p>
            <WhyFold answer={answer} />
            {miss && (
                <p>
                    Nearest miss: <strong>{miss.text}</strong> at <a href={hrefOf(miss.time)}>{time(miss.time, answer.symbol)}</a>, with{' '}
                    {miss.left} and {miss.right}, {percent(miss.distance)} apart.
                </p>
            )}
            {span.conditions.length > 0 && (
                <ShortTable
                    label="Conditions, those that failed most often first"
                    rows={span.conditions}
                    columns={[
                        { title: 'Condition', cell: (c) => c.text },
                        { title: 'Permits', cell: (c) => permits(c.acts) },
                        { title: 'Failed', figure: true, cell: (c) => number(c.failed) },
                        { title: 'Held', figure: true, cell: (c) => number(c.held) },
                        { title: 'Without a value', figure: true, cell: (c) => number(c.undefined) },
                    ]}
                />
            )}
            <p class="note">
                In a terminal: <code class="unbroken">{answer.command}</code>
            </p>
        </>
    );
}
