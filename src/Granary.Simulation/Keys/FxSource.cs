using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Keys;

/// <summary>The place of an account's exchange rates: <c>data.fx</c>, an address or an object of these keys.</summary>
internal sealed record FxSource
{
    [Key("a source of bars, such as `csv:rates` with EURUSD and USDJPY, or a table of `time,EURUSD,USDJPY` or `time,symbol,rate`",
        Without = "required")]
    public required Address Source { get; init; }

    [Key("of the bars of the rates", Without = "that of the data")]
    public Timeframe? Timeframe { get; init; }

    [Key("`auto` or a name of `granary data formats`, of the files of bars")]
    public string Format { get; init; } = "auto";

    [Key("the oldest rate that is used, as `4d`: over weekends and holidays the last one counts")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);
}
