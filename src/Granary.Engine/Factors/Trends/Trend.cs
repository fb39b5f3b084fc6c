using Granary.Engine.Factors.Kernels;
using Granary.Engine.Factors.Statistics;
using Granary.Engine.Factors.Volatilities;

namespace Granary.Engine.Factors.Trends;

/// <summary>Range, trendiness and slope over five spans in one call.</summary>
[Factor("trend", "Range, trendiness and slope over 10, 20, 30, 50 and 100 bars in one call.",
    Lines = "range10,trendiness10,slope10,range20,trendiness20,slope20,range30,trendiness30,slope30,range50,trendiness50,slope50,range100,"
        + "trendiness100,slope100",
    Formula = "range(n), efficiency(n) and slope(n)", Source = "range, efficiency, slope", Range = "as those")]
internal sealed class Trend : FactorKernel
{
    private static readonly int[] Spans = [10, 20, 30, 50, 100];
    private readonly FactorKernel[] _kernels =
        [.. Spans.SelectMany(n => new FactorKernel[] { new PriceRange(n), new Efficiency(n), new LineSlope(n) })];

    public override int WarmUp => WarmUpOf(0);

    public override int WarmUpOf(int line) => _kernels[line].WarmUp;

    public override void Start()
    {
        foreach (var kernel in _kernels) kernel.Begin(Series);
    }

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        for (var line = 0; line < _kernels.Length; line++) _kernels[line].Process(bars, lines.Only(line));
    }

    /// <summary>The slope alone, without the rest of the fit.</summary>
    private sealed class LineSlope(int n) : ChunkedKernel
    {
        private readonly double[] _means = new double[Longest];
        private ExactWeightedSum _sum;

        public override int WarmUp => n;

        public override void Start() => _sum = new ExactWeightedSum(n, Series.Instrument.PriceDecimals);

        protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines) =>
            _sum.NextSlopes(bars.Close, lines[0], _means.AsSpan(0, bars.Count));
    }
}
