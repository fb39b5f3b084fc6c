namespace Granary;

/// <summary>The keys of a batch's <c>learning.walkForward</c>.</summary>
public sealed record BatchTraining
{
    /// <summary><c>expanding</c>, <c>rolling</c>.</summary>
    public string? Window { get; init; }

    /// <summary>The key <c>train</c>.</summary>
    public int? Train { get; init; }

    /// <summary>The key <c>test</c>.</summary>
    public int? Test { get; init; }

    /// <summary>The key <c>gap</c>.</summary>
    public int? Gap { get; init; }
}
