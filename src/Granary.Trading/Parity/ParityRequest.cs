using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Trading.Parity;

/// <summary>A request to compare days of an account with a backtest of the final bars.</summary>
internal sealed record ParityRequest : ParityOptions
{
    [Key("the account, which is the id of its session", Offers = "account")]
    public required string Account { get; init; }
}

/// <summary>The options of a comparison: its command and its job take them from here.</summary>
internal record ParityOptions : IKeyFaults
{
    [Key("the trading day, as 2024-01-31", Without = "all days that have ended since the last one that was compared")]
    public DateOnly? Day { get; init; }

    [Key("the first day to compare, as 2024-01-31", Without = "the day after the last one that was compared, or the first of the session")]
    public DateOnly? From { get; init; }

    [Key("compare the running day too, up to its last bar; it is not kept")]
    public bool Now { get; init; }

    [Key("the source of the final bars, as store:bars or exchange:binance", Without = "the source of the session's bars",
        Offers = "source")]
    public Address? Bars { get; init; }

    [Key("the band of the total: a percentage of the account's equity"), Range(1e-6, 100)]
    public double TotalPercent { get; init; } = 0.5;

    [Key("the band of the unexplained part: a percentage of the account's equity"), Range(1e-6, 100)]
    public double UnexplainedPercent { get; init; } = 0.01;

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Fault)> KeyFaults
    {
        get
        {
            if (Day is not null && From is not null) yield return ("from", "'day' and 'from' name two different days; give one of them");
            if (Day is not null && Now) yield return ("now", "'day' and 'now' name two different days; give one of them");
        }
    }
}
