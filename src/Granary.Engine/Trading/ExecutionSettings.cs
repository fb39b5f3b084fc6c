using Granary.Engine.Market;

namespace Granary.Engine.Trading;

public enum FillTiming : byte
{
    /// <summary>A market order fills at the open of the bar after its signal.</summary>
    NextOpen,
    /// <summary>A market order fills at the close of the signal's own bar.</summary>
    SameClose,
}

public enum IntrabarRule : byte
{
    /// <summary>A bar that touches stop and target fills the stop.</summary>
    StopFirst,
    /// <summary>A bar that touches stop and target fills the target.</summary>
    TargetFirst,
}

public enum ProtectFrom : byte
{
    /// <summary>Stop and target work from the bar of the entry on.</summary>
    EntryBar,
    /// <summary>Stop and target work from the bar after the entry on.</summary>
    NextBar,
}

/// <summary>Treatment of a position in a symbol that has stopped trading while others continue.</summary>
public enum AtEnd : byte
{
    /// <summary>It stays open, marked at the symbol's last close.</summary>
    Mark,
    /// <summary>It is closed at the symbol's last close.</summary>
    Close,
}

/// <summary>Rules by which orders become fills, the same for all strategies of a batch.</summary>
public sealed record ExecutionSettings
{
    public FeeModel Fee { get; init; } = new PercentFee(0);

    public SlippageModel? Slippage { get; init; }

    public FillTiming Fill { get; init; } = FillTiming.NextOpen;

    public IntrabarRule Intrabar { get; init; } = IntrabarRule.StopFirst;

    /// <summary>
    /// Whether smaller bars, if the series has them, decide the sequence of stops, targets and waiting orders within a bar. They also give
    /// the opens at which these may fill. <see cref="Intrabar"/> decides between a stop and a target that one smaller bar touches.
    /// </summary>
    public bool UsePath { get; init; }

    public ProtectFrom ProtectFrom { get; init; } = ProtectFrom.EntryBar;

    /// <summary>
    /// The number of bars that an order needs to reach its venue, beyond the bar at whose close it was made; 0 = it works from the next bar
    /// on. Stops and targets of an entry are already at the venue, and cancellations take effect at once.
    /// </summary>
    public int LatencyBars { get; init; }

    /// <summary>
    /// The greatest share of a bar's volume that one strategy fills, a fraction; the remainder of an order stays in force. 0 = no bound.
    /// </summary>
    public double VolumeShare { get; init; }

    /// <summary>The time in force of entries that do not set their own.</summary>
    public TimeInForce EntryTimeInForce { get; init; } = TimeInForce.GoodTillCancelled;

    /// <summary>
    /// Costs of single symbols, which replace <see cref="Fee"/>, <see cref="Slippage"/> and <see cref="BorrowFeeRate"/>.
    /// </summary>
    public IReadOnlyDictionary<string, SymbolCosts> BySymbol { get; init; } = new Dictionary<string, SymbolCosts>();

    /// <summary>
    /// Borrow fee per year, a fraction of the short's market value; charged by the calendar day (actual/365), at the last close before it.
    /// </summary>
    public double BorrowFeeRate { get; init; }

    /// <summary>
    /// Margin interest per year, a fraction of the account's debit balance; charged by the calendar day (actual/365). Without
    /// <see cref="Leverage"/> there is none.
    /// </summary>
    public double MarginRate { get; init; }

    /// <summary>2 if all costs are doubled: factor of the fees that <see cref="Instrument.Borrow"/> has.</summary>
    internal double BorrowFeeFactor { get; init; } = 1;

    /// <summary>Interest on cash and loans by currency, which takes the place of <see cref="MarginRate"/>; null = none.</summary>
    internal InterestSettings? Interest { get; init; }

    /// <summary>The treatment of amounts in currencies other than the account's.</summary>
    public CurrencyConversion Conversion { get; init; }

    /// <summary>The part of a converted amount that the exchange of currencies costs.</summary>
    public double FxSpreadRate { get; init; }

    /// <summary>
    /// The greatest value of the positions as a multiple of the equity. 0 = cash only: the proceeds of a short sale stay locked, and the
    /// same amount as collateral.
    /// </summary>
    public double Leverage { get; init; }

    /// <summary>
    /// The maintenance margin as a fraction of the positions' market value (of their margin, if the instrument has one). If the equity is
    /// below it at a bar's close, all positions are closed at the next open. 0 = no margin calls.
    /// </summary>
    public double Maintenance { get; init; }

    /// <summary>
    /// Margin mode of leveraged positions. With <see cref="MarginMode.None"/>, <see cref="Maintenance"/> is for margin calls. Otherwise it
    /// is the maintenance margin of a liquidation, where <see cref="MarginTiers"/> has no table.
    /// </summary>
    public MarginMode Margin { get; init; }

    /// <summary>Maintenance margins by symbol; the table of the empty name is for all others.</summary>
    public IReadOnlyDictionary<string, MarginTiers> MarginTiers { get; init; } = new Dictionary<string, MarginTiers>();

    /// <summary>The exchange's fee of a liquidation, a fraction of the notional, which the liquidation price includes.</summary>
    public double LiquidationFeeRate { get; init; }

    /// <summary>The table of a symbol; null = <see cref="Maintenance"/> for positions of any size.</summary>
    public MarginTiers? TiersOf(string symbol) =>
        MarginTiers.TryGetValue(symbol, out var own) ? own : MarginTiers.GetValueOrDefault("");

    /// <summary>The leverage of positions; an account with a margin mode has one of 1 if none is set.</summary>
    internal double EffectiveLeverage => Margin == MarginMode.None || Leverage > 0 ? Leverage : 1;

    /// <summary>The maintenance of margin calls at a close; 0 = none.</summary>
    internal double CallRate => Margin == MarginMode.None ? Maintenance : 0;

    /// <summary>
    /// For accounts of several symbols: the handling of a position in a symbol that has had no bar on more than
    /// <see cref="Market.MarketActivity.MostDays"/> days of the others.
    /// </summary>
    public AtEnd AtEnd { get; init; } = AtEnd.Mark;

    /// <summary>The rules for a symbol: these, or with its own costs.</summary>
    public ExecutionSettings For(string symbol) => BySymbol.TryGetValue(symbol, out var own)
        ? this with { Fee = own.Fee, Slippage = own.Slippage, BorrowFeeRate = own.BorrowFeeRate } : this;

    /// <summary>Whether an order that rests in the book is paid for its fill in some symbol.</summary>
    public bool HasRebates => BySymbol.Values.Select(s => s.Fee).Append(Fee)
        .Any(f => ((double[])[1, 1_000, 1_000_000]).Any(q => f.Fee(100, q, 1, maker: true) < 0));

    /// <summary>
    /// Whether trading is free of costs in all symbols: no fee above zero for an order of any size, and no slippage. The stress test then
    /// has no cost to double.
    /// </summary>
    public bool IsFree
    {
        get
        {
            return Slippage is null && IsFreeOf(Fee) && BySymbol.Values.All(s => s.Slippage is null && IsFreeOf(s.Fee));

            static bool IsFreeOf(FeeModel fee)
            {
                foreach (var quantity in (ReadOnlySpan<double>)[1, 1_000, 1_000_000])
                    if (fee.Fee(100, quantity, 1, maker: false) > 0 || fee.Fee(100, quantity, 1, maker: true) > 0) return false;
                return true;
            }
        }
    }

    /// <summary>Returns these settings with the costs of a case.</summary>
    public ExecutionSettings In(CostCase costs) => costs switch
    {
        CostCase.Stressed => Stressed(),
        CostCase.Upper => AtUpper(),
        _ => this,
    };

    /// <summary>
    /// Returns these settings with every cost doubled, no rebates and every order one bar later, to test how far a profit depends on the
    /// assumptions.
    /// </summary>
    public ExecutionSettings Stressed() => this with
    {
        Fee = Fee.Times(2),
        Slippage = Slippage?.Times(2),
        BorrowFeeRate = BorrowFeeRate * 2,
        BySymbol = BySymbol.ToDictionary(s => s.Key, s => new SymbolCosts(s.Value.Fee.Times(2), s.Value.Slippage?.Times(2),
            s.Value.BorrowFeeRate * 2), StringComparer.Ordinal),
        MarginRate = MarginRate * 2,
        BorrowFeeFactor = BorrowFeeFactor * 2,
        Interest = Interest?.Stressed(),
        LiquidationFeeRate = LiquidationFeeRate * 2,
        FxSpreadRate = FxSpreadRate * 2,
        LatencyBars = LatencyBars + 1,
    };

    /// <summary>Returns these settings with measured slippage at the upper end of its interval.</summary>
    public ExecutionSettings AtUpper() => this with
    {
        Slippage = Slippage?.AtUpper(),
        BySymbol = BySymbol.ToDictionary(s => s.Key, s => s.Value with { Slippage = s.Value.Slippage?.AtUpper() },
            StringComparer.Ordinal),
    };
}

/// <summary>Costs of one symbol.</summary>
/// <param name="Slippage">Null for none.</param>
/// <param name="BorrowFeeRate">Per year, a fraction of the short's market value.</param>
public sealed record SymbolCosts(FeeModel Fee, SlippageModel? Slippage, double BorrowFeeRate);
