import { useQuery } from '../api/useQuery';
import { Loaded } from './States';

/** A bar, or several joined: the time of its open in seconds since 1970. */
export interface Candle {
    time: number;
    open: number;
    high: number;
    low: number;
    close: number;
}

export interface PriceLine {
    name: string;
    colour: string;
    points: { time: number; value: number | null }[];
    /** Dashed, without its newest value at the axis: a level that trades have. */
    dashed?: boolean;
    /** Stands on an axis of its own below the prices: oscillators. */
    below?: boolean;
}

export interface Mark {
    time: number;
    kind: 'buy' | 'sell' | 'exit' | 'refused';
    text: string;
}

export interface PriceChartProps {
    summary: string;
    /** The market, whose exchange has a zone. */
    symbol?: string;
    candles: Candle[];
    lines?: PriceLine[];
    marks?: Mark[];
    height?: number;
    /** The visible stretch, seconds since 1970: called while the reader pans and zooms, so that the caller can load what belongs there. */
    onRange?: (from: number, to: number) => void;
    /** Shows this stretch. */
    show?: { from: number; to: number } | undefined;
}

/**
 * Prices as candles with lines and marks of trades. Drag to pan, turn the wheel to zoom. The library that draws is larger than all other
 * code of a view, and is loaded with the first chart.
 */
export function PriceChart(props: PriceChartProps) {
    const code = useQuery('code/PriceCanvas', () => import('./PriceCanvas'));
    const height = props.height ?? 420;
    return (
        <Loaded query={code} height={height}>
            {({ PriceCanvas }) => <PriceCanvas {...props} height={height} />}
        </Loaded>
    );
}
