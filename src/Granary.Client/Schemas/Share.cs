// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record Share
{
    /// <summary>A path of this server; it opens the report, and of a share below it, /NAME, the files of the run.</summary>
    public required string Url { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
