namespace Granary;

/// <summary>The keys of a batch's <c>learning.experiment.search.trainers</c>.</summary>
public sealed record BatchTrainer
{
    /// <summary>The key <c>name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A value, or a list of values to try.</summary>
    public Dictionary<string, Values>? Params { get; init; }

    /// <summary>The section of which only this word is given.</summary>
    public static implicit operator BatchTrainer(string word) => new() { Name = word };
}
