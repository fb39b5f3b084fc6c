using System.Diagnostics;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Buys another quantity each time it runs, as a class does that reads a clock.</summary>
[Strategy("Trades otherwise each time; only for tests.")]
public sealed class Fickle : Strategy
{
    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        if (++_bars % 20 == 0) bar.Enter(Side.Buy, new EntryOptions { Quantity = 1 + Stopwatch.GetTimestamp() / 1e15 });
        else if (_bars % 20 == 7) bar.Exit();
    }
}
