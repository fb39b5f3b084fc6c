namespace Granary;

/// <summary>The keys of a batch's <c>learning.watch</c>.</summary>
public sealed record BatchWatch
{
    /// <summary><c>adwin</c>, <c>page-hinkley</c>, <c>ddm</c>, <c>kswin</c>.</summary>
    public string? Detector { get; init; }

    /// <summary>The key <c>params</c>.</summary>
    public Dictionary<string, Values>? Params { get; init; }

    /// <summary>The key <c>weight</c>.</summary>
    public double? Weight { get; init; }

    /// <summary>The key <c>review</c>.</summary>
    public int? Review { get; init; }

    /// <summary>The key <c>rollback</c>.</summary>
    public bool? Rollback { get; init; }

    /// <summary>The section of which only this word is given.</summary>
    public static implicit operator BatchWatch(string word) => new() { Detector = word };
}
