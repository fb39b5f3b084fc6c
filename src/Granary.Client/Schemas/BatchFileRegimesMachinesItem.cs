// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record BatchFileRegimesMachinesItem
{
    public required string Name { get; init; }

    public string? Measure { get; init; }

    public string? Against { get; init; }

    public double? EnterPercent { get; init; }

    public double? LeavePercent { get; init; }

    public IReadOnlyList<string>? States { get; init; }

    public IReadOnlyList<BatchFileRegimesMachinesItemStepsItem>? Steps { get; init; }

    public long? Dwell { get; init; }

    public BatchFileRegimesMachinesItemHiddenMarkov? HiddenMarkov { get; init; }
}
