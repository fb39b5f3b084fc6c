using Granary.Engine.Trading;

namespace Granary.Backtesting.Verification;

/// <summary>A trade of a backtest's portfolio, which is compared with a session.</summary>
internal sealed record ComparedTrade
{
    public required string Strategy { get; init; }

    public required string Symbol { get; init; }

    public required Side Side { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime EntryTime { get; init; }

    /// <summary>UTC; the last bar of an open trade.</summary>
    public required DateTime ExitTime { get; init; }

    /// <summary>Base units.</summary>
    public required double Quantity { get; init; }

    /// <summary>Net profit, with open trades at their last marks.</summary>
    public required double Net { get; init; }

    /// <summary>0 where a table has none.</summary>
    public required double Weight { get; init; }

    /// <summary>The name of the strategy's model; empty without one.</summary>
    public required string Model { get; init; }
}
