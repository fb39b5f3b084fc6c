using Granary.Backtesting.Verification;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Trading.Live;

/// <summary>The part of an account's trade that a row compares.</summary>
internal enum GapPart
{
    Whole,
    /// <summary>The closed part of a trade that is open at the end, which the portfolio counts as a trade.</summary>
    Closed,
    /// <summary>The open part of such a trade.</summary>
    Open,
}

/// <summary>A trade of the portfolio with simulated fills, and the corresponding trade of the account.</summary>
internal sealed record GapRow(string Strategy, string Symbol, int Number, Side Side)
{
    /// <summary>Account currency per price point and unit.</summary>
    public required double Multiplier { get; init; }

    public double Weight { get; init; } = double.NaN;

    public string? Model { get; init; }

    /// <summary>The portfolio's trade; null if only the account has it.</summary>
    public Trade? Planned { get; init; }

    /// <summary>The account's trade; null if the account never traded it.</summary>
    public AccountTrade? Own { get; init; }

    public GapPart Part { get; init; }

    /// <summary>The timeframe of the strategy; null for a trade that only the account has.</summary>
    public Timeframe? Timeframe { get; init; }

    /// <summary>The last bar of the symbol; null if there was none.</summary>
    public required Bar? Last { get; init; }

    public string? Why { get; init; }

    /// <summary>The cause of a trade that only the portfolio or only the account has; null if it is not known.</summary>
    public string? Cause { get; init; }

    /// <summary>The cause of an exit at a different price that is not the venue's; null if there is none.</summary>
    public string? ExitCause { get; init; }

    /// <summary>The quantity that the session granted, as a share of the one that the program of today grants.</summary>
    public double GrantedShare { get; init; } = 1;

    /// <summary>The cause of a different quantity that was granted.</summary>
    public string GrantedCause { get; init; } = GapCauses.Code;

    public static string Of(GapPart part) => part.ToString().ToLowerInvariant();

    /// <summary>Quantity of the account.</summary>
    public double Quantity => Own is null ? double.NaN
        : Part == GapPart.Whole ? Own.Quantity : Part == GapPart.Open ? Own.Open : Own.Quantity - Own.Open;

    /// <summary>When the account closed it; if it is open, the time of the last bar.</summary>
    public long? ExitTime => Own is null ? null : Own.Open > 0 && Part != GapPart.Closed ? Last?.Time ?? Own.EntryTime : Own.ExitTime;

    /// <summary>Average price of the account's exits. Open trades are valued at the last close, like the portfolio's.</summary>
    public double ExitPrice => Own is null ? double.NaN
        : Part == GapPart.Open ? Mark
        : Part == GapPart.Whole && Own.Open > 0 ? (Own.ExitPrice * (Own.Quantity - Own.Open) + Mark * Own.Open) / Own.Quantity
        : Own.ExitPrice;

    private double Mark => Last?.Close ?? Own!.EntryPrice;

    /// <summary>Fees of the account less its financing.</summary>
    public double Costs => Own is null ? double.NaN : Part switch
    {
        GapPart.Closed => Own.ClosedFees - Own.ClosedFinancing,
        GapPart.Open => Own.Fees - Own.ClosedFees - (Own.Financing - Own.ClosedFinancing),
        _ => Own.Fees - Own.Financing,
    };

    /// <summary>The row as a comparison reads it from its table.</summary>
    public GapLiveTrade ToTrade()
    {
        static double Of(double? value) => value is { } number && double.IsFinite(number) ? number : 0;
        static string Time(long? ticks) => ticks is { } time ? RunText.Time(time) : "";
        return new GapLiveTrade(Strategy, Symbol, RunText.Of(Side), Of(Multiplier), Of(Weight), Model ?? "", Of(Planned?.Quantity),
            Time(Planned?.EntryTime), Of(Planned?.EntryPrice), Time(Planned?.ExitTime), Of(Planned?.ExitPrice), Of(Planned?.NetProfit),
            Of(Planned is { } p ? p.Profit - p.NetProfit : null), Of(Quantity), Time(Own?.EntryTime), Of(Own?.EntryPrice),
            Time(ExitTime), Of(ExitPrice), Of(Net), Of(Costs), Why ?? "", Cause ?? "",
            ExitCause ?? "", Of(GrantedShare), GrantedCause, Timeframe?.ToString() ?? "");
    }

    /// <summary>Net profit of the account's trade.</summary>
    public double Net => Own is null ? double.NaN
        : (int)Own.Side * (ExitPrice - Own.EntryPrice) * Quantity * Multiplier - Costs;
}
