namespace Granary;

/// <summary>The keys of a batch's <c>data.instruments.chain.roll</c>.</summary>
public sealed record BatchRoll
{
    /// <summary>Expiry, firstNotice, volume, openInterest, day or dates; default <c>expiry</c>.</summary>
    public string? By { get; init; }

    /// <summary>
    /// Trading days before the expiry or the first notice day; of volume and openInterest, days in a row on which a later contract has
    /// more; of day, the day of the month.
    /// </summary>
    public int? Days { get; init; }

    /// <summary>Of dates: a table of date, and optional contract, which is held from then on.</summary>
    public string? Dates { get; init; }
}
