// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>What a version of a model says of rows of features.</summary>
public sealed record ModelAnswers
{
    public required string Model { get; init; }

    /// <summary>The version.</summary>
    public required int Number { get; init; }

    /// <summary>Of each row the probability of 1, or the number that is expected.</summary>
    public required IReadOnlyList<double> Predictions { get; init; }
}
