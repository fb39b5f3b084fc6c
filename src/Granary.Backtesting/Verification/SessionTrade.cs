using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Backtesting.Verification;

/// <summary>A trade of a session: what the session's portfolio planned, and what its account traded.</summary>
internal sealed record SessionTrade
{
    public required string Strategy { get; init; }

    public required string Symbol { get; init; }

    public required Side Side { get; init; }

    /// <summary>Currency of the prices per price point and unit.</summary>
    public required double Multiplier { get; init; }

    /// <summary>0 for a trade that only the account has.</summary>
    public required double Weight { get; init; }

    /// <summary>The name of the strategy's model; empty without one.</summary>
    public required string Model { get; init; }

    /// <summary>The timeframe of the strategy; null for a trade that only the account has.</summary>
    public required Timeframe? Timeframe { get; init; }

    /// <summary>The portfolio's trade, with simulated fills; null if only the account has it.</summary>
    public required RoundTrip? Planned { get; init; }

    /// <summary>The account's trade; null if the account never traded it.</summary>
    public required RoundTrip? Filled { get; init; }

    /// <summary>The reason in words; empty if there is none.</summary>
    public string Why { get; init; } = "";

    /// <summary>
    /// The cause of a trade that only the portfolio or only the account has, a name of <see cref="DivergenceCauses"/>; null if unknown.
    /// </summary>
    public string? Cause { get; init; }

    /// <summary>The cause of a different exit that is not the venue's; null if there is none.</summary>
    public string? ExitCause { get; init; }

    /// <summary>The quantity that the session granted, as a share of the one that the program of today grants.</summary>
    public double GrantedShare { get; init; } = 1;

    /// <summary>Why a different quantity was granted, a name of <see cref="DivergenceCauses"/>.</summary>
    public string GrantedCause { get; init; } = DivergenceCauses.Code;
}

/// <summary>Entry and exit of a trade, with its result.</summary>
internal sealed record RoundTrip
{
    /// <summary>Base units, above 0.</summary>
    public required double Quantity { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime EntryTime { get; init; }

    public required double EntryPrice { get; init; }

    /// <summary>UTC; the last bar of an open trade.</summary>
    public required DateTime ExitTime { get; init; }

    /// <summary>Open trades are valued at the last close.</summary>
    public required double ExitPrice { get; init; }

    /// <summary>Net profit, account currency.</summary>
    public required double Net { get; init; }

    /// <summary>Fees less financing, account currency.</summary>
    public required double Fees { get; init; }

    /// <summary>The rate at which its amounts count, account currency per unit of the currency of its prices.</summary>
    public double Rate { get; init; } = 1;
}
