/** A box from the lower to the upper quartile with a line at the median, within a line from the worst to the best value. The table beside it has the numbers. */
export function BoxPlot(props: {
    of: { worst: number; lowerQuartile: number; median: number; upperQuartile: number; best: number };
    /** The values at the ends of the drawing, the same for each one of a table. */
    low: number;
    high: number;
}) {
    const { of, low, high } = props;
    const x = (value: number) => (high > low ? ((value - low) / (high - low)) * 200 : 0);
    return (
        <svg class="box" viewBox="0 0 200 18" preserveAspectRatio="none" aria-hidden="true">
            <line class="zero" x1={x(0)} x2={x(0)} y1="0" y2="18" />
            <line x1={x(of.worst)} x2={x(of.best)} y1="9" y2="9" />
            <rect x={x(of.lowerQuartile)} width={Math.max(1, x(of.upperQuartile) - x(of.lowerQuartile))} y="3" height="12" />
            <line x1={x(of.median)} x2={x(of.median)} y1="2" y2="16" />
        </svg>
    );
}
