using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Market.Chains;
using Granary.Simulation.Keys;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>The keys of an instrument's <c>chain</c>: the contracts of a future that one symbol stands for.</summary>
internal sealed record ChainKeys : IKeyFaults
{
    // Names of contracts have one of these letters for their month.
    private const string Letters = "FGHJKMNQUVXZ";

    [Key("the contracts: names of the source, or patterns such as `\"ES*\"`, whose `*` stands for the month and the year",
        Without = "required")]
    public required IReadOnlyList<string> Contracts { get; init; }

    [Key("a table of `contract,expiry` and optional `first_notice`, a line for each contract", Offers = "file",
        Without = "the day in the names, else the last bar of each contract, which a note says")]
    public Address? Expiries { get; init; }

    [Key("letters of the months that are held, such as `\"GJMQZ\"`", Without = "all")]
    public string? Months { get; init; }

    [Key("when the next contract follows: [Rolls](chains.md#rolls)")]
    public RollKeys Roll { get; init; } = new();

    [Key("prices that strategies see: `none` has the gaps of rolls, `difference` leaves them out, `ratio` leaves them out in percent")]
    public PriceAdjustment Adjust { get; init; }

    [Key("1 for the first contract, 2 for the one behind it"), Range(1, 100)]
    public int Depth { get; init; } = 1;

    /// <summary>Whether the chain holds contracts of a month.</summary>
    internal bool Holds(int month) => Months is null || Months.Contains(Letters[month - 1], StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    IEnumerable<(string Key, string Fault)> IKeyFaults.KeyFaults
    {
        get
        {
            if (Contracts is { Count: 0 }) yield return ("contracts", "no contract is named; write a pattern such as \"ES*\"");
            if (Months is { } months && (months.Length == 0 || months.Any(m => !Letters.Contains(char.ToUpperInvariant(m)))))
                yield return ("months", $"'{months}' has no letters of months; write some of {Letters}, of which F is January");
            if (Roll is { By: RollBy.FirstNotice } && Expiries is null)
                yield return ("expiries", "the first notice days are missing; name a table with the columns contract, expiry and "
                    + "first_notice");
        }
    }
}

/// <summary>The keys of a chain's <c>roll</c>, or the text of <c>by</c> alone.</summary>
[ShortForm("by")]
internal sealed record RollKeys : IKeyFaults
{
    private const int MostDays = 250;

    // Long enough that liquidity has moved, and short of most notice days.
    private const int UsualDaysBefore = 5;

    [Key("`expiry`, `firstNotice`, `volume`, `openInterest`, `day` or `dates`")]
    public RollBy By { get; init; }

    [Key("trading days before the expiry or the first notice day; of `volume` and `openInterest`, days in a row on which a later contract "
        + "has more; of `day`, the day of the month", Without = "5 before an expiry or first notice, 1 day in a row"), Range(0, MostDays)]
    public int? Days { get; init; }

    [Key("of `dates`: a table of `date`, and optional `contract`, which is held from then on", Offers = "file", Without = "required there")]
    public Address? Dates { get; init; }

    /// <summary>The days that count.</summary>
    internal int Count => Days ?? (By is RollBy.Volume or RollBy.OpenInterest ? 1 : UsualDaysBefore);

    /// <inheritdoc/>
    IEnumerable<(string Key, string Fault)> IKeyFaults.KeyFaults
    {
        get
        {
            if (By == RollBy.Dates && Dates is null)
                yield return ("dates", "the dates of the rolls are missing; name a table with a column date");
            if (By != RollBy.Dates && Dates is not null) yield return ("dates", "it is for \"by\": \"dates\"; write that, or leave it out");
            if (By == RollBy.Day && Days is not (>= 1 and <= 31))
                yield return ("days", "the day of the month is missing; write a number from 1 to 31");
            if (By is RollBy.Volume or RollBy.OpenInterest && Days == 0)
                yield return ("days", "the crossing is known at the close of a day; write 1 or more");
            if (By == RollBy.Dates && Days is not null) yield return ("days", "the dates are in the table; leave this out");
        }
    }
}
