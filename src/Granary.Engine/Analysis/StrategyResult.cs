using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Analysis;

/// <summary>Result of a strategy run, sufficient for its metrics and the digest.</summary>
/// <param name="Digest">Digest of its signals, trades and equity, to the last bit.</param>
public sealed record StrategyResult(string Id, EquitySums Equity, TradeMeter Trades, int Signals, UInt128 Digest)
{
    /// <summary>Signals that ended without a trade.</summary>
    public SignalEnds SignalEnds { get; init; }

    /// <summary>Whether every factor of the strategy had a value at some bar; the strategy is not called before.</summary>
    public bool IsWarm { get; init; } = true;
}
