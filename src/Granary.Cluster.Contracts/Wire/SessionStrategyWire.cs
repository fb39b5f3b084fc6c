using Granary.Contracts.Batches;
using Granary.Contracts.Sessions;

namespace Granary.Cluster.Wire;

/// <param name="State">Name of the phase, so that the numbers may change.</param>
[GenerateSerializer, Alias("granary.SessionStrategy")]
public readonly record struct SessionStrategyWire([property: Id(0)] string Id, [property: Id(1)] string State, [property: Id(2)] long Bars,
    [property: Id(3)] long Trades, [property: Id(4)] double? Equity, [property: Id(5)] Dictionary<string, double> Positions,
    [property: Id(6)] string? Error, [property: Id(7)] bool Enabled, [property: Id(8)] double Weight);

[RegisterConverter]
public sealed class SessionStrategyConverter : IConverter<SessionStrategy, SessionStrategyWire>
{
    public SessionStrategy ConvertFromSurrogate(in SessionStrategyWire s) => new(s.Id, Enum.Parse<StrategyPhase>(s.State), s.Bars,
        s.Trades, s.Equity, s.Positions, s.Error, s.Enabled, s.Weight);

    public SessionStrategyWire ConvertToSurrogate(in SessionStrategy v) => new(v.Id, v.State.ToString(), v.Bars, v.Trades, v.Equity,
        new Dictionary<string, double>(v.Positions), v.Error, v.Enabled, v.Weight);
}
