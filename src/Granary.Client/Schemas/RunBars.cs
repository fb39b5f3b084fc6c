// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>Bars of a run, joined where they are more than are asked for.</summary>
public sealed record RunBars
{
    public required string Symbol { get; init; }

    public required string Timeframe { get; init; }

    /// <summary>How many bars the run has in the span.</summary>
    public required int Rows { get; init; }

    /// <summary>Open times, UTC.</summary>
    public required IReadOnlyList<DateTimeOffset> Times { get; init; }

    public required IReadOnlyList<double> Open { get; init; }

    public required IReadOnlyList<double> High { get; init; }

    public required IReadOnlyList<double> Low { get; init; }

    public required IReadOnlyList<double> Close { get; init; }

    public required IReadOnlyList<double> Volume { get; init; }
}
