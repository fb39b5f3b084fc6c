using System.Collections.Concurrent;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// Holds every <see cref="Dawdler"/> that minds it in the middle of its bars, so that a batch is in its middle for as long as a test looks
/// at it. Test classes run at once in one process: each has a gate of its own, known by the bar that its strategies name as <c>gateAt</c>.
/// </summary>
internal sealed class Gate : IDisposable
{
    private static readonly ConcurrentDictionary<int, Gate> s_closed = new();

    private readonly ManualResetEventSlim _open = new(false);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _own, _bar;

    private Gate(int own, int bar)
    {
        (_own, _bar) = (own, bar);
        Reached = _reached.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    /// <summary>From here on no strategy passes, until it is opened or disposed.</summary>
    /// <param name="own">The bar that the strategies name.</param>
    /// <param name="bar">Where they wait; 0 leaves it at the one that they name.</param>
    /// <exception cref="InvalidOperationException">Another test has closed it: two classes share a gate.</exception>
    public static Gate Close(int own, int bar = 0)
    {
        var gate = new Gate(own, bar > 0 ? bar : own);
        return s_closed.TryAdd(own, gate) ? gate
            : throw new InvalidOperationException($"the gate {own} is closed by another test; take a bar that no other class names");
    }

    /// <summary>Completed when the first waits; one that is never reached is found out after two minutes.</summary>
    public Task Reached { get; }

    public void Open()
    {
        s_closed.TryRemove(new KeyValuePair<int, Gate>(_own, this));
        _open.Set();
    }

    public void Dispose() => Open();

    /// <param name="own">The bar at which the strategy minds its gate; 0 is never.</param>
    internal static void Pass(int bar, int own)
    {
        if (own == 0 || !s_closed.TryGetValue(own, out var gate) || bar != gate._bar) return;
        gate._reached.TrySetResult();
        gate._open.Wait();
    }
}

/// <summary>Trades now and then, and takes its time: a batch of it lasts as long on any machine.</summary>
/// <param name="every">Bars between two sleeps.</param>
/// <param name="milliseconds">Of a sleep.</param>
/// <param name="gateAt">
/// The bar at which it waits while the gate of that number is closed, unless the gate names another; 0 is never.
/// </param>
public sealed class Dawdler([Range(1, 100_000)] int every = 100, [Range(0, 10_000)] int milliseconds = 1, [Range(0, 100_000)]
    int variant = 0, [Range(0, 100_000)] int gateAt = 0) : Strategy
{
    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        if (++_bars % every == 0) Thread.Sleep(milliseconds);
        Gate.Pass(_bars, gateAt);
        if ((_bars + variant) % 40 == 0) bar.Enter(Side.Buy);
        else if ((_bars + variant) % 40 == 20) bar.Exit();
    }
}

/// <summary>A factor that counts how many of it are computed.</summary>
[Factor("counted", "The close, and how often it was asked for.")]
public sealed class Counted : FactorKernel
{
    private static int s_kernels;
    private bool _seen;

    /// <summary>How many were shown bars.</summary>
    public static int Kernels { get => s_kernels; set => s_kernels = value; }

    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        if (!_seen) Interlocked.Increment(ref s_kernels);
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
public sealed class Looper([Range(1, 100_000)] int at = 200) : Strategy
{
    private static volatile int s_turns;
    private int _bars;

    /// <summary>How often all loopers together have turned.</summary>
    public static int Turns => s_turns;

    public override void OnBar(StrategyContext bar)
    {
        if (++_bars != at) return;
        while (true) s_turns++;
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
