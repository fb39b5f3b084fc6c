// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A file that a caller has uploaded.</summary>
public sealed record Upload
{
    public required string Name { get; init; }

    /// <summary>For the key 'files' of an import, relative to the server's data folder.</summary>
    public required string Path { get; init; }

    /// <summary>For the key 'source' of a batch; the symbol is the name without its end.</summary>
    public required string Source { get; init; }

    /// <summary>Its size.</summary>
    public required long Bytes { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset UploadedAt { get; init; }
}
