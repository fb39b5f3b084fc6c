using Granary.Engine;
using Granary.Storage.Addresses;

namespace Granary.Trading.Parity;

/// <summary>A request to compare days of an account with a backtest of the final bars.</summary>
/// <param name="Account">The account's name.</param>
public sealed record ParityRequest(string Account)
{
    /// <summary>The trading day; null for all that have ended since the last record.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>The first day; null for the day after the last record, or without records for the session's first day.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Whether the running day is compared too, up to the last bar; it is not kept.</summary>
    public bool Now { get; init; }

    /// <summary>The source of the final bars; null for the source from which the session's own bars can be read again.</summary>
    public Address? Bars { get; init; }

    /// <summary>The largest total of a day, as a percentage of the account's equity.</summary>
    public double TotalBand { get; init; } = 0.5;

    /// <summary>The largest unexplained part of a day, as a percentage of the account's equity.</summary>
    public double UnexplainedBand { get; init; } = 0.01;

    /// <exception cref="InputException">A band is not a percentage above 0.</exception>
    public void Check()
    {
        foreach (var (name, band) in new[] { ("totalPercent", TotalBand), ("unexplainedPercent", UnexplainedBand) })
            if (!(band > 0 && band <= 100))
                throw new InputException(FormattableString.Invariant($"{name} {band} is not above 0 and at most 100; leave it out"));
        if (Day is not null && Now) throw new InputException("'day' and 'now' name two different days; give one of them");
        if (Day is not null && From is not null) throw new InputException("'day' and 'from' name two different days; give one of them");
    }
}
