import type { Schemas } from '../../api/client';
import { Badge } from '../../components/Badge';
import { ShortTable } from '../../components/ShortTable';
import { counted, percent, price } from '../../format/numbers';
import { exact, permits } from './words';

/** The bar, the factors at the last bars, and the conditions with both of their sides. */
export function WhyInputs(props: { answer: Schemas['WhyAnswer'] }) {
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
                        ...[1, 2, 3, 4].map((ago) => ({
                            title: `${counted(ago, 'bar')} before`,
                            figure: true,
                            cell: (f: Schemas['WhyFactor']) => price(f.recent.at(-1 - ago)?.value),
                        })),
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
                        { title: 'Permits', cell: (c) => permits(c.acts) },
                        { title: 'Apart', figure: true, cell: (c) => percent(c.distance) },
                    ]}
                />
            )}
        </>
    );
}
