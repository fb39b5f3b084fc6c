using Granary.Backtesting.Verification;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Trading.Live;

/// <summary>The part of an account's trade that a row compares.</summary>
internal enum DivergencePart
{
    Whole,
    /// <summary>The closed part of a trade that is open at the end, which the portfolio counts as a trade.</summary>
    Closed,
    /// <summary>The open part of such a trade.</summary>
    Open,
}

/// <summary>A trade of the portfolio with simulated fills, and the corresponding trade of the account.</summary>
internal sealed record DivergenceRow(string Strategy, string Symbol, int Number, Side Side)
{
    /// <summary>Currency of the prices per price point and unit.</summary>
    public required double Multiplier { get; init; }

    /// <summary>The value of the currency of the prices now, in the account's.</summary>
    public double RateNow { get; init; } = 1;

    /// <summary>The rate at which the portfolio's trade counts.</summary>
    public double PlannedRate => Planned?.Rate ?? double.NaN;

    /// <summary>The rate at which the account's trade counts.</summary>
    public double OwnRate => Own is null ? double.NaN : Own.State == TradeState.Closed ? Own.Rate : RateNow;

    public double Weight { get; init; } = double.NaN;

    public string? Model { get; init; }

    /// <summary>The portfolio's trade; null if only the account has it.</summary>
    public Trade? Planned { get; init; }

    /// <summary>The account's trade; null if the account never traded it.</summary>
    public AccountTrade? Own { get; init; }

    public DivergencePart Part { get; init; }

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
    public string GrantedCause { get; init; } = DivergenceCauses.Code;

    public static string Of(DivergencePart part) => part.ToString().ToLowerInvariant();

    /// <summary>Quantity of the account.</summary>
    public double Quantity => Own is null ? double.NaN : Part switch
    {
        DivergencePart.Whole => Own.Quantity,
        DivergencePart.Open => Own.Open,
        DivergencePart.Closed => Own.Quantity - Own.Open,
    };

    /// <summary>When the account closed it; if it is open, the time of the last bar.</summary>
    public long? ExitTime => Own is null ? null
        : Own.Open > 0 && Part != DivergencePart.Closed ? Last?.Time ?? Own.EntryTime : Own.ExitTime;

    /// <summary>Average price of the account's exits. Open trades are valued at the last close, like those of the portfolio.</summary>
    public double ExitPrice => Own is null ? double.NaN : Part switch
    {
        DivergencePart.Open => Mark,
        DivergencePart.Whole when Own.Open > 0 => (Own.ExitPrice * (Own.Quantity - Own.Open) + Mark * Own.Open) / Own.Quantity,
        _ => Own.ExitPrice,
    };

    private double Mark => Last?.Close ?? Own!.EntryPrice;

    /// <summary>Fees of the account less its financing, and less what rolls to other contracts brought; account currency.</summary>
    public double Costs => OwnRate * Part switch
    {
        _ when Own is null => double.NaN,
        DivergencePart.Closed => Own.ClosedFees - Own.ClosedFinancing - Own.ClosedRollProfit,
        DivergencePart.Open => Own.Fees - Own.ClosedFees - (Own.Financing - Own.ClosedFinancing)
            - (Own.RollProfit - Own.ClosedRollProfit),
        _ => Own.Fees - Own.Financing - Own.RollProfit,
    };

    /// <summary>The same of the portfolio's trade: both sides count what rolls brought alike.</summary>
    public double PlannedCosts => Planned is { } planned ? planned.Profit - planned.RollProfit - planned.NetProfit : double.NaN;

    /// <summary>The row as a comparison reads it from its table.</summary>
    public SessionTrade ToTrade() => new()
    {
        Strategy = Strategy,
        Symbol = Symbol,
        Side = Side,
        Multiplier = Multiplier,
        Weight = double.IsFinite(Weight) ? Weight : 0,
        Model = Model ?? "",
        Timeframe = Timeframe,
        Planned = Planned is not { } planned ? null : new RoundTrip
        {
            Quantity = planned.Quantity,
            EntryTime = Utc(planned.EntryTime),
            EntryPrice = planned.EntryPrice,
            ExitTime = Utc(planned.ExitTime),
            ExitPrice = planned.ExitPrice,
            Net = planned.NetProfit,
            Fees = PlannedCosts,
            Rate = planned.Rate,
        },
        Filled = Own is null ? null : new RoundTrip
        {
            Quantity = Quantity,
            EntryTime = Utc(Own.EntryTime),
            EntryPrice = Own.EntryPrice,
            ExitTime = Utc(ExitTime!.Value),
            ExitPrice = ExitPrice,
            Net = Net,
            Fees = Costs,
            Rate = OwnRate,
        },
        Why = Why ?? "",
        Cause = Cause,
        ExitCause = ExitCause,
        GrantedShare = double.IsFinite(GrantedShare) ? GrantedShare : 1,
        GrantedCause = GrantedCause,
    };

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);

    /// <summary>Net profit of the account's trade, account currency.</summary>
    public double Net => Own is null ? double.NaN
        : (int)Own.Side * (ExitPrice - Own.EntryPrice) * Quantity * Multiplier * OwnRate - Costs;
}
