using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Plugin;

/// <summary>
/// Trades now and then. While the file that <see cref="Gate"/> names is there it hardly gets on, so that a batch is in its middle for as
/// long as a test looks at it; without it the batch is over in a moment.
/// </summary>
/// <remarks>It gets on all the same, within every deadline: a gate that is shut for long makes no strategy fail.</remarks>
/// <param name="variant">When it trades.</param>
/// <param name="pauses">
/// Hours of the market's time from one pause to the next at a shut gate, so that bars of every timeframe take as long; 0 = sixteen bars.
/// </param>
public sealed class Laggard([Range(1, 100_000)] int variant = 1, [Range(0, 1000)] int pauses = 0) : Strategy
{
    /// <summary>The environment variable that names the file; silos share it.</summary>
    public const string Gate = "LAGGARD_GATE";

    private static readonly string? s_gate = Environment.GetEnvironmentVariable(Gate);

    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        _bars++;
        var isDue = pauses == 0 ? _bars % 16 == 0 : bar.Time.Ticks % (pauses * TimeSpan.TicksPerHour) == 0;
        if (isDue && s_gate is not null && File.Exists(s_gate)) Thread.Sleep(40);
        else if (_bars % 100 == 0) Thread.Sleep(1);
        if ((_bars + variant) % 40 == 0) bar.Enter(Side.Buy);
        else if ((_bars + variant) % 40 == 20) bar.Exit();
    }
}
