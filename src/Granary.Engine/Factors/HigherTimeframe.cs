using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>
/// Runs a kernel on longer bars built from the feed's, and shows at each short bar the value of the last <em>finished</em> long one.
/// </summary>
internal sealed class HigherTimeframe(FactorKernel inner, Timeframe timeframe, int lineCount) : FactorKernel
{
    private readonly double[][] _lines = Empty(lineCount), _references = Empty(inner.ReferenceSymbols.Count);
    private readonly BarBlock _bar = new(1);
    private BarAggregator _aggregator = null!;

    /// <summary>At most: a session's long bars are made of fewer short ones than the clock would allow.</summary>
    public override int WarmUp => WarmUpOf(0);

    public override int WarmUpOf(int line) =>
        (int)Math.Min(int.MaxValue, (inner.WarmUpOf(line) + 1L) * (timeframe.Ticks / Series.Timeframe.Ticks));

    public override IReadOnlyList<string> ReferenceSymbols => inner.ReferenceSymbols;

    public override IReadOnlyList<string> Columns => inner.Columns;

    public override void Start() => _aggregator = new BarAggregator(Series.Timeframe, timeframe, Series.Instrument.Calendar);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        for (var i = 0; i < bars.Count; i++)
        {
            _aggregator.Add(bars[i], out var before, out var completed);
            // A long bar that a gap ended was over before this short one, and so is what other symbols closed at by then.
            if (before is { } b) Feed(b);
            for (var r = 0; r < _references.Length; r++) _references[r][0] = bars.Reference(r)[i];
            if (completed is { } c) Feed(c);
            for (var line = 0; line < _lines.Length; line++) lines[line][i] = _lines[line][0];
        }
    }

    private static double[][] Empty(int count) => [.. Enumerable.Range(0, count).Select(_ => new[] { double.NaN })];

    private void Feed(in Bar bar)
    {
        _bar.Write(bar);
        inner.Process(new FactorInput(_bar, 0, 1, _references), new FactorOutput(_lines, 0, 1));
    }
}
