// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record EntriesChange
{
    /// <summary>Whether entries are allowed.</summary>
    public bool? Enabled { get; init; }

    /// <summary>The strategy's id.</summary>
    public string? Strategy { get; init; }

    /// <summary>Or the pair: all its strategies.</summary>
    public string? Symbol { get; init; }

    /// <summary>For the history.</summary>
    public string? Why { get; init; }
}
