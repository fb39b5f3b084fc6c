using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Runs a kernel on longer bars built from the feed's, and shows at each short bar the value of the last <em>finished</em> long one.</summary>
internal sealed class HigherTimeframe(FactorKernel inner, Timeframe timeframe, int lineCount) : FactorKernel
{
    private readonly double[][] _lines = [.. Enumerable.Range(0, lineCount).Select(_ => new[] { double.NaN })];
    private BarAggregator _aggregator = null!;

    public override int WarmUp => (int)Math.Min(int.MaxValue, (inner.WarmUp + 1L) * (timeframe.Ticks / Series.Timeframe.Ticks));

    public override void Start() => _aggregator = new BarAggregator(Series.Timeframe, timeframe, Series.Instrument.Calendar);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        for (var i = 0; i < bars.Count; i++)
        {
            _aggregator.Add(new Bar(bars.Time[i], bars.Open[i], bars.High[i], bars.Low[i], bars.Close[i], bars.Volume[i]), out var before, out var completed);
            if (before is { } b) Feed(b);
            if (completed is { } c) Feed(c);
            for (var line = 0; line < _lines.Length; line++) lines[line][i] = _lines[line][0];
        }
    }

    private void Feed(in Bar bar)
    {
        var block = BarBlock.FromBars(0, [bar]);
        inner.Process(new FactorInput(block, 0, 1), new FactorOutput(_lines, 0, 1));
    }
}
