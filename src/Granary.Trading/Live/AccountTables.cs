using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;

namespace Granary.Trading.Live;

/// <summary>The tables that a live session adds to its run's folder.</summary>
internal static class AccountTables
{
    /// <summary>Table of the trades with the venue's fills.</summary>
    public const string Trades = "account_trades";

    /// <summary>Table of the equity of the account by bar, with the broker's fills.</summary>
    public const string Equity = "account_equity";

    /// <summary>Table of the orders.</summary>
    public const string Orders = "orders";

    /// <summary>Table of the differences between the account and the portfolio.</summary>
    public const string Gap = "account_gap";

    public static readonly TableDefinition<EquityMark> Mark = new TableDefinition<EquityMark>()
        .Time("time", m => m.Time).Number("equity", m => m.Equity).Number("drawdown", m => m.Drawdown);

    public static readonly TableDefinition<CountedTrade> Trade = new TableDefinition<CountedTrade>()
        .Word("strategy", t => t.Trade.Strategy).Word("symbol", t => t.Trade.Symbol).Whole("number", t => t.Trade.Number)
        .Word("side", t => RunText.Of(t.Trade.Side)).Number("quantity", t => t.Trade.Quantity).Time("entry_time", t => t.Trade.EntryTime)
        .Number("entry_price", t => t.Trade.EntryPrice).Time("exit_time", t => t.Trade.ExitTime > 0 ? t.Trade.ExitTime : null)
        .Number("exit_price", t => t.Trade.ExitTime > 0 ? t.Trade.ExitPrice : double.NaN).Number("pnl", t => t.Trade.Profit * t.Rate)
        .Number("fees", t => t.Trade.Fees * t.Rate).Number("pnl_net", t => t.Net * t.Rate).Number("open", t => t.Trade.Open)
        .Text("exit_reason", t => t.Trade.State == TradeState.Closed ? t.Trade.Why : "open")
        .Number("financing", t => t.Trade.Financing * t.Rate);

    /// <summary>The same of an account with instruments in other currencies.</summary>
    public static readonly TableDefinition<CountedTrade> ConvertedTrade = Trade
        .Word("currency", t => t.Currency).Number("rate", t => t.Rate).Number("pnl_local", t => t.Trade.Profit)
        .Number("fees_local", t => t.Trade.Fees).Number("pnl_net_local", t => t.Net).Number("financing_local", t => t.Trade.Financing);

    public static readonly TableDefinition<(TrackedOrder Track, long Created)> Order =
        new TableDefinition<(TrackedOrder Track, long Created)>()
            .Text("client_id", o => o.Track.Order.ClientId).Text("venue_id", o => o.Track.VenueId)
            .Word("strategy", o => o.Track.Strategy).Word("symbol", o => o.Track.Order.Symbol)
            .Whole("trade", o => o.Track.Intent.Trade).Word("role", o => o.Track.Intent.Role.ToString().ToLowerInvariant())
            .Word("side", o => o.Track.Order.Side == Side.Buy ? "buy" : "sell")
            .Word("type", o => o.Track.Order.Type.ToString().ToLowerInvariant()).Number("quantity", o => o.Track.Quantity)
            .Number("price", o => PriceOf(o.Track) ?? double.NaN).Number("filled", o => o.Track.Filled)
            .Word("state", o => o.Track.Unknown ? "unknown" : o.Track.State.ToString().ToLowerInvariant())
            .Word("ended", o => o.Track.State == OrderState.Closed ? o.Track.Ended.ToString().ToLowerInvariant() : null)
            .Text("reason", o => o.Track.Reason).Time("created", o => o.Created);

    public static readonly TableDefinition<DivergenceRow> DivergenceRow = new TableDefinition<DivergenceRow>()
        .Word("strategy", r => r.Strategy).Word("symbol", r => r.Symbol).Whole("number", r => r.Number)
        .Word("side", r => RunText.Of(r.Side)).Number("multiplier", r => r.Multiplier).Number("weight", r => r.Weight)
        .Word("model", r => r.Model).Number("model_quantity", r => r.Planned?.Quantity ?? double.NaN)
        .Time("model_entry_time", r => r.Planned?.EntryTime).Number("model_entry_price", r => r.Planned?.EntryPrice ?? double.NaN)
        .Time("model_exit_time", r => r.Planned?.ExitTime).Number("model_exit_price", r => r.Planned?.ExitPrice ?? double.NaN)
        .Number("model_net", r => r.Planned?.NetProfit ?? double.NaN)
        .Number("model_fees", r => r.PlannedCosts)
        .Number("account_quantity", r => r.Quantity).Time("account_entry_time", r => r.Own?.EntryTime)
        .Number("account_entry_price", r => r.Own?.EntryPrice ?? double.NaN).Time("account_exit_time", r => r.ExitTime)
        .Number("account_exit_price", r => r.ExitPrice).Number("account_net", r => r.Net)
        .Number("account_fees", r => r.Costs).Text("why", r => r.Why)
        .Word("cause", r => r.Cause).Word("exit_cause", r => r.ExitCause).Number("granted_share", r => r.GrantedShare)
        .Word("granted_cause", r => r.GrantedCause)
        .Word("timeframe", r => r.Timeframe?.ToString());

    /// <summary>The same of an account with instruments in other currencies, with the rates at which both trades count.</summary>
    public static readonly TableDefinition<DivergenceRow> ConvertedRow = DivergenceRow
        .Number("model_rate", r => r.PlannedRate).Number("account_rate", r => r.OwnRate);

    /// <summary>The limit of an order, or its stop, in the shares of its quantity; null if it has neither.</summary>
    public static double? PriceOf(TrackedOrder order) => order.Order.LimitPrice > 0 ? order.Order.LimitPrice / order.SplitRatio
        : order.Order.StopPrice > 0 ? order.Order.StopPrice / order.SplitRatio : null;

    public static Table OrdersOf(AccountLedger ledger, Timeframe timeframe) =>
        Order.Of(ledger.TrackedOrders.Select(t => (t, FactTime.Of(t.Order.CreatedAt, timeframe))));
}

/// <summary>A trade of an account, with the value of its amounts.</summary>
/// <param name="Currency">The currency of its prices.</param>
/// <param name="Rate">The value of that currency in the account's, at which the trade counts; of an open one that of now.</param>
internal readonly record struct CountedTrade(AccountTrade Trade, string Currency, double Rate)
{
    /// <summary>Net result in the currency of the prices.</summary>
    public double Net => Trade.NetProfit;
}
