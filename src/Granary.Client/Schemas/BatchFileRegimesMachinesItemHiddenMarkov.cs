// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record BatchFileRegimesMachinesItemHiddenMarkov
{
    public IReadOnlyList<string>? States { get; init; }

    public long? Window { get; init; }

    public long? Refit { get; init; }
}
