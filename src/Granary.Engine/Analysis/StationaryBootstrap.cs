using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>
/// Resamples periods in blocks of geometrically distributed length, wrapping around at the end, so serial correlation is kept. Politis
/// and Romano, The stationary bootstrap, Journal of the American Statistical Association 89 (1994).
/// </summary>
internal sealed class StationaryBootstrap
{
    private readonly int _periods;
    private readonly double _restart;
    private ulong _state;

    /// <param name="meanBlock">Expected block length, at least 1; 0 takes the cube root of the periods.</param>
    public StationaryBootstrap(int periods, double meanBlock, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(periods, 1);
        if (meanBlock != 0) ArgumentOutOfRangeException.ThrowIfLessThan(meanBlock, 1);
        _periods = periods;
        MeanBlock = meanBlock == 0 ? Math.Max(1, Math.Cbrt(periods)) : meanBlock;
        _restart = 1 / MeanBlock;
        _state = seed;
    }

    public double MeanBlock { get; }

    /// <summary>How often each period is drawn in the next sample of as many periods; the counts add up to their number.</summary>
    public void NextCounts(Span<double> counts)
    {
        counts.Clear();
        var at = 0;
        for (var i = 0; i < _periods; i++)
        {
            at = Following(i, at);
            counts[at]++;
        }
    }

    /// <summary>Draws the next sample in its order.</summary>
    /// <param name="order">Receives the index of a period for each place.</param>
    public void NextOrder(Span<int> order)
    {
        if (order.Length == 0) return;
        var at = order[0] = Following(0, 0);
        // Without branches, which a processor would predict wrongly at the ends of blocks.
        for (var i = 1; i < order.Length; i++)
        {
            var ends = Uniform() < _restart ? 1 : 0;
            var first = (int)(SplitMix64.ToUnit(SplitMix64.Mix(_state)) * _periods);
            var next = at + 1 == _periods ? 0 : at + 1;
            // A number is used up only where a block ends.
            _state += SplitMix64.Step & (ulong)-ends;
            order[i] = at = next + (first - next) * ends;
        }
    }

    // The period that follows another one: its successor, or the first one of a new block.
    private int Following(int place, int at) => place == 0 || Uniform() < _restart ? (int)(Uniform() * _periods)
        : at + 1 == _periods ? 0 : at + 1;

    private double Uniform() => SplitMix64.ToUnit(SplitMix64.Next(ref _state));
}
