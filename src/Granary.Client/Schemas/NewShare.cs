// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record NewShare
{
    /// <summary>How long the link is valid, 1 to 365; 7 without it.</summary>
    public int? Days { get; init; }
}
