using System.Diagnostics.Metrics;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Trades now and then, and takes its time: a batch of it lasts as long on any machine.</summary>
/// <param name="gates">Those of its cluster.</param>
/// <param name="every">Bars between two sleeps.</param>
/// <param name="milliseconds">Of a sleep.</param>
/// <param name="gateAt">
/// The bar at which it waits while the gate of that number is closed, unless the gate names another; 0 is never.
/// </param>
public sealed class Dawdler(Gates gates, [Range(1, 100_000)] int every = 100, [Range(0, 10_000)] int milliseconds = 1,
    [Range(0, 100_000)] int variant = 0, [Range(0, 100_000)] int gateAt = 0) : Strategy
{
    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        if (++_bars % every == 0) Thread.Sleep(milliseconds);
        gates.Pass(_bars, gateAt);
        if ((_bars + variant) % 40 == 0) bar.Enter(Side.Buy);
        else if ((_bars + variant) % 40 == 20) bar.Exit();
    }
}

/// <summary>A factor that counts how many of it are computed.</summary>
[Factor("counted", "The close, and how often it was asked for.")]
public sealed class Counted : FactorKernel
{
    /// <summary>Name of the meter and of its counter, which counts the kernels that were shown bars.</summary>
    public const string Meter = "Granary.Cluster.Tests", Counter = "counted-kernels";

    private static readonly Counter<long> Kernels = new System.Diagnostics.Metrics.Meter(Meter).CreateCounter<long>(Counter);
    private bool _seen;

    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        if (!_seen) Kernels.Add(1);
        _seen = true;
        bars.Close.CopyTo(lines[0]);
    }
}

/// <summary>Asks for the factor that counts.</summary>
public sealed class Counting : Strategy
{
    private readonly Factor _counted;
    private readonly int _variant;
    private int _bars;

    public Counting([Range(0, 100_000)] int variant = 0)
    {
        _variant = variant;
        _counted = Use("counted");
    }

    public override void OnBar(StrategyContext bar)
    {
        if ((++_bars + _variant) % 40 == 0 && bar[_counted] > 0) bar.Enter(Side.Buy);
        else if ((_bars + _variant) % 40 == 20) bar.Exit();
    }
}

/// <summary>A factor that looks ahead, within the block that it is shown.</summary>
[Factor("foretold", "The close of some bars later.")]
public sealed class Foretold([Range(1, 1000)] int ahead = 1) : FactorKernel
{
    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        for (var i = 0; i < bars.Close.Length; i++) lines[0][i] = bars.Close[Math.Min(i + ahead, bars.Close.Length - 1)];
    }
}

/// <summary>Trades on what is not known yet.</summary>
public sealed class Foreteller : Strategy
{
    private readonly Factor _foretold;

    public Foreteller([Range(1, 1000)] int ahead = 1) => _foretold = Use("foretold", ahead);

    public override void OnBar(StrategyContext bar)
    {
        if (bar[_foretold] > bar.Close) bar.Go(Side.Buy);
        else bar.Exit();
    }
}

/// <summary>Throws at a bar.</summary>
public sealed class Thrower([Range(1, 100_000)] int at = 100) : Strategy
{
    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        if (++_bars == at) throw new InvalidOperationException("this strategy is poisoned");
    }
}

/// <summary>Does not come back from a bar.</summary>
/// <param name="turns">Those of its cluster.</param>
public sealed class Looper(LoopTurns turns, [Range(1, 100_000)] int at = 200) : Strategy
{
    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        if (++_bars != at) return;
        // Nothing but memory: the thread is stopped in the middle of it.
        while (true) turns.Count++;
    }
}

/// <summary>Does not come back from its constructor.</summary>
public sealed class Unborn : Strategy
{
    public Unborn([Range(1, 2)] int which = 1)
    {
        // The catalogue makes one of each class to see what it is like; only what a batch asks for is poisoned.
        if (which == 2) Thread.Sleep(Timeout.Infinite);
    }

    public override void OnBar(StrategyContext bar)
    {
    }
}

/// <summary>Allocates without measure.</summary>
public sealed class Hoarder : Strategy
{
    private byte[]? _last;

    public override void OnBar(StrategyContext bar) => _last = new byte[1 << 20];

    public override string ToString() => $"{_last?.Length}";
}
