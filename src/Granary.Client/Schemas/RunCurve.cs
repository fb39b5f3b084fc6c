// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A curve of a run, with as many points as are asked for.</summary>
public sealed record RunCurve
{
    public required string Name { get; init; }

    /// <summary>How many rows the run has in the span.</summary>
    public required int Rows { get; init; }

    /// <summary>UTC.</summary>
    public required IReadOnlyList<DateTimeOffset> Times { get; init; }

    public required IReadOnlyList<double> Values { get; init; }
}
