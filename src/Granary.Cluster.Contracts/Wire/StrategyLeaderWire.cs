using Granary.Contracts.Jobs;

namespace Granary.Cluster.Wire;

[GenerateSerializer, Alias("granary.StrategyLeader")]
public readonly record struct StrategyLeaderWire(
    [property: Id(0)] string Id,
    [property: Id(1)] double Sharpe,
    [property: Id(2)] double TotalReturn,
    [property: Id(3)] double MaxDrawdown,
    [property: Id(4)] long Trades);

[RegisterConverter]
public sealed class StrategyLeaderConverter : IConverter<StrategyLeader, StrategyLeaderWire>
{
    public StrategyLeader ConvertFromSurrogate(in StrategyLeaderWire s) => new(s.Id, s.Sharpe, s.TotalReturn, s.MaxDrawdown, s.Trades);

    public StrategyLeaderWire ConvertToSurrogate(in StrategyLeader v) => new(v.Id, v.Sharpe, v.TotalReturn, v.MaxDrawdown, v.Trades);
}
