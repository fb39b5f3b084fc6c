using System.Text.Json;
using Granary.Engine.Brokerage;
using Granary.Trading.Live;

namespace Granary.Cluster.Wire;

/// <param name="Command">Name of the command, so that the engine's numbers may change.</param>
[GenerateSerializer, Alias("granary.IssuedCommand")]
public readonly record struct IssuedCommandWire([property: Id(0)] string Command, [property: Id(1)] string Who, [property: Id(2)]
    string Why, [property: Id(3)] string Strategy, [property: Id(4)] string Symbol, [property: Id(5)] string? Trade,
    [property: Id(6)] string? Id);

[RegisterConverter]
public sealed class IssuedCommandConverter : IConverter<IssuedCommand, IssuedCommandWire>
{
    public IssuedCommand ConvertFromSurrogate(in IssuedCommandWire s) =>
        new(Enum.Parse<SessionCommand>(s.Command), s.Who, s.Why, s.Strategy, s.Symbol, s.Trade ?? "") { Id = s.Id };

    public IssuedCommandWire ConvertToSurrogate(in IssuedCommand v) =>
        new(v.Command.ToString(), v.Who, v.Why, v.Strategy, v.Symbol, v.Trade, v.Id);
}
