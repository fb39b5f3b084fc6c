import { useRange } from '../api/range';
import { time } from '../format/times';

const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);

/** The range of the page as two dates, and the way back to all. */
export function RangeBar(props: { what: string }) {
    const { range, choose } = useRange();
    const change = (end: 'from' | 'to') => (e: { currentTarget: HTMLInputElement }) => {
        const at = Date.parse(`${e.currentTarget.value}T00:00:00Z`) / 1000;
        if (Number.isNaN(at)) return;
        const open = range ?? { from: 0, to: Date.UTC(2100, 0, 1) / 1000 };
        choose(end === 'from' ? { ...open, from: at } : { ...open, to: at + 86_400 });
    };
    return (
        <div class="actions range" role="group" aria-label="Range of time">
            <label>
                From <input type="date" value={range && range.from > 0 ? day(range.from) : ''} onChange={change('from')} />
            </label>
            <label>
                To <input type="date" value={range && range.to < 4e9 ? day(range.to - 1) : ''} onChange={change('to')} />
            </label>
            <button type="button" disabled={range === null} onClick={() => choose(null)}>
                All
            </button>
            <span class="soft" role="status">
                {range === null
                    ? 'Drag over a chart, or choose dates, to narrow the whole page to a part of the time. Days are those of UTC.'
                    : `${props.what} from ${range.from > 0 ? time(range.from * 1000) : 'the start'} to ${range.to < 4e9 ? time(range.to * 1000) : 'the end'}.`}
            </span>
        </div>
    );
}
