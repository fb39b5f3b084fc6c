namespace Granary;

/// <summary>The keys of a batch's <c>data.borrow</c>.</summary>
public sealed record BatchBorrow
{
    /// <summary>
    /// A table of time,symbol,fee,available and optional known: the fee in percent per year, and yes, no or the quantity that an account
    /// can borrow in all.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>
    /// Time from the stamp of a row until it is known, such as 90m or 1d; rows with a time in the column known have none.
    /// </summary>
    public string? Delay { get; init; }

    /// <summary>A short entry beyond what can be borrowed: refuse it (not-shortable), or cut it to that; default <c>refuse</c>.</summary>
    public string? OnShortage { get; init; }

    /// <summary>
    /// Says what is held short beyond what can be borrowed: block lets it stay and refuses entries, close closes it (recalled); default
    /// <c>block</c>.
    /// </summary>
    public string? OnRecall { get; init; }
}
