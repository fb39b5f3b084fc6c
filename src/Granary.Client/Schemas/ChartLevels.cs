// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>
/// The stops and targets of a strategy's trades at the bars of a chart: those that work after the bar's close, of the trade that was opened
/// last; in the bar that closes the last trade, those that it had. null where there is none.
/// </summary>
public sealed record ChartLevels
{
    /// <summary>Quote currency, one for each bar of the chart.</summary>
    public required IReadOnlyList<double?> Stops { get; init; }

    /// <summary>Likewise.</summary>
    public required IReadOnlyList<double?> Targets { get; init; }

    /// <summary>Why there are none; null where they are there.</summary>
    public string? Why { get; init; }
}
