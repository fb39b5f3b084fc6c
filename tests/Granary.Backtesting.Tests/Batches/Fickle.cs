using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Trades otherwise each time it runs, as a class with a static field does.</summary>
[Strategy("Trades otherwise each time; only for tests.")]
public sealed class Fickle : Strategy
{
    private static int s_runs;
    private readonly int _run = Interlocked.Increment(ref s_runs);
    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        if (++_bars % (20 + _run) == 0) bar.Go(Side.Buy);
        else if (_bars % (20 + _run) == 7) bar.Exit();
    }
}
