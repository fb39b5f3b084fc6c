namespace Granary;

/// <summary>The keys of a batch's <c>learning.label</c>.</summary>
public sealed record BatchLabel
{
    /// <summary><c>direction</c>, <c>return</c>, <c>volatility</c>, <c>triple-barrier</c>, <c>trade</c>, <c>drawdown</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The key <c>bars</c>.</summary>
    public int? Bars { get; init; }

    /// <summary>Deviations of volatility(20) over the bars.</summary>
    public double? Target { get; init; }

    /// <summary>The same below.</summary>
    public double? Stop { get; init; }

    /// <summary>The section of which only this word is given.</summary>
    public static implicit operator BatchLabel(string word) => new() { Kind = word };
}
