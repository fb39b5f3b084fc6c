import { saveFile } from '../api/client';
import type { ChartSettings } from './chartSettings';
import { Menu } from './Menu';

/** Rarely used choices of a price chart: its candles, a date, a picture. */
export function ChartMenu(props: {
    settings: ChartSettings;
    onChange: (changes: ChartSettings) => void;
    /** Shows the bars around a time, seconds since 1970. */
    onDate: (time: number) => void;
    /** Draws the chart; null until it is there. */
    picture: { current: (() => HTMLCanvasElement) | null };
    /** The name of the picture, without an extension. */
    file: string;
}) {
    const { settings, onChange } = props;
    return (
        <Menu title="View">
            <label>
                <span class="soft">Candles</span>
                <select
                    value={settings.heikinAshi ? 'heikinAshi' : 'plain'}
                    onChange={(e) => onChange({ heikinAshi: e.currentTarget.value === 'heikinAshi' })}
                >
                    <option value="plain">of the prices</option>
                    <option value="heikinAshi">Heikin-Ashi</option>
                </select>
            </label>
            <label>
                <span class="soft">Go to a date (UTC)</span>
                <input
                    type="date"
                    onChange={(e) => {
                        const at = Date.parse(`${e.currentTarget.value}T00:00:00Z`) / 1000;
                        if (!Number.isNaN(at)) props.onDate(at);
                    }}
                />
            </label>
            <button type="button" onClick={() => props.picture.current?.().toBlob((made) => made && saveFile(made, `${props.file}.png`))}>
                Save as picture
            </button>
        </Menu>
    );
}
