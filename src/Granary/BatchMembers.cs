namespace Granary;

/// <summary>The keys of a batch's <c>universe</c>.</summary>
public sealed record BatchMembers
{
    /// <summary>A file of the members over time: columns.</summary>
    public string? Members { get; init; }

    /// <summary>The factor by which the symbols are ranked, highest first; with - before it, lowest first.</summary>
    public string? Rank { get; init; }

    /// <summary>Says how many of the ranked symbols are members.</summary>
    public int? Top { get; init; }

    /// <summary>Says how often they are chosen, at the beginnings of these periods of the calendar, in UTC.</summary>
    public string? Every { get; init; }

    /// <summary>
    /// Comparisons that a symbol must meet to be ranked, such as "close &gt; 5": a factor, one of &lt; &lt;= &gt; &gt;=, and a factor or a
    /// number.
    /// </summary>
    public IReadOnlyList<string>? Where { get; init; }

    /// <summary>
    /// A position in a symbol that has left: close closes it at the next open, hold leaves it to the strategy's exit; default <c>close</c>.
    /// </summary>
    public string? OnLeave { get; init; }
}
