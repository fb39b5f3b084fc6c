using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Reporting.Tables;

namespace Granary.Reporting.Runs;

/// <summary>The tables of single events of a run.</summary>
internal static class RunTables
{
    /// <summary>trades.csv and portfolio_trades.csv.</summary>
    public static readonly TableDefinition<TradeOfRun> Trade = new TableDefinition<TradeOfRun>()
        .Word("strategy", r => r.Strategy.Id).Word("symbol", r => r.Symbol).Word("side", r => RunText.Of(r.Trade.Side))
        .Number("quantity", r => r.Trade.Quantity).Time("entry_time", r => r.Trade.EntryTime)
        .Number("entry_price", r => r.Trade.EntryPrice).Time("exit_time", r => r.Trade.ExitTime)
        .Number("exit_price", r => r.Trade.ExitPrice).Number("pnl", r => r.Trade.Profit).Number("commission", r => r.Trade.Commission)
        .Number("pnl_net", r => r.Trade.NetProfit).Number("return", r => r.Trade.Return(r.Multiplier)).Whole("bars", r => r.Trade.Bars)
        .Word("exit_reason", r => r.Trade.Reason.Word()).Number("weight", r => r.Weight).Word("model", r => r.Strategy.Model)
        .Number("carry", r => r.Trade.Financing).Number("mae", r => r.Trade.AdverseExcursion)
        .Number("mfe", r => r.Trade.FavourableExcursion);

    /// <summary>The same of an account with instruments in other currencies.</summary>
    public static readonly TableDefinition<TradeOfRun> ConvertedTrade = Trade
        .Word("currency", r => r.Currency).Number("rate", r => r.Trade.Rate)
        .Number("pnl_local", r => r.InPrices(r.Trade.Profit)).Number("commission_local", r => r.InPrices(r.Trade.Commission))
        .Number("carry_local", r => r.InPrices(r.Trade.Financing)).Number("pnl_net_local", r => r.InPrices(r.Trade.NetProfit));

    /// <summary>The same of a run with chains of contracts: prices are those of the contracts of their time.</summary>
    public static readonly TableDefinition<TradeOfRun> RolledTrade = WithRolls(Trade);

    /// <inheritdoc cref="RolledTrade"/>
    public static readonly TableDefinition<TradeOfRun> ConvertedRolledTrade = WithRolls(ConvertedTrade);

    private static TableDefinition<TradeOfRun> WithRolls(TableDefinition<TradeOfRun> trades) =>
        trades.Word("contract", r => r.Contract).Number("roll_pnl", r => r.Trade.RollProfit);

    /// <summary>rolls.csv: each move of a position from one contract to the next. Amounts are in the currency of the prices.</summary>
    public static readonly TableDefinition<RollOfRun> Roll = new TableDefinition<RollOfRun>()
        .Word("account", r => r.IsPortfolio ? "portfolio" : "strategy").Word("strategy", r => r.Strategy.Id).Word("symbol", r => r.Symbol)
        .Whole("number", r => r.Number).Time("time", r => r.Time).Word("from", r => r.From).Word("to", r => r.To)
        .Word("side", r => RunText.Of(r.Side)).Number("quantity", r => r.Quantity).Number("old_price", r => r.OldPrice)
        .Number("new_price", r => r.NewPrice).Number("commission", r => r.Commission).Number("pnl", r => r.Profit);

    /// <summary>portfolio_fills.csv: each change of a position of the portfolio.</summary>
    public static readonly TableDefinition<FillOfRun> Fill = new TableDefinition<FillOfRun>()
        .Time("time", r => r.Fill.Time).Word("strategy", r => r.Strategy.Id).Whole("number", r => r.Fill.Number)
        .Word("symbol", r => r.Symbol).Word("side", r => RunText.Of(r.Fill.Side)).Word("kind", r => RunText.Of(r.Fill.Kind))
        .Number("price", r => r.Fill.Price).Number("quantity", r => r.Fill.Quantity).Number("commission", r => r.Fill.Commission);

    /// <summary>The same of an account with instruments in other currencies: prices and commissions are in these.</summary>
    public static readonly TableDefinition<FillOfRun> ConvertedFill = Fill.Number("rate", r => r.Fill.Rate);

    /// <summary>signals.csv: every entry signal, the portfolio's decision, and its end in the strategy's own account.</summary>
    public static readonly TableDefinition<SignalOfRun> Signal = new TableDefinition<SignalOfRun>()
        .Word("strategy", r => r.Strategy.Id).Word("symbol", r => r.Symbol).Whole("number", r => r.Signal.Number)
        .Time("time", r => r.Signal.Time).Word("side", r => RunText.Of(r.Signal.Side)).Word("type", r => r.Signal.Type.Word())
        .Number("price", r => r.Signal.Price).Number("quantity", r => r.Signal.Quantity)
        .Number("stop", r => r.Signal.Stop > 0 ? r.Signal.Stop : double.NaN)
        .Number("target", r => r.Signal.Target > 0 ? r.Signal.Target : double.NaN)
        .Time("valid_until", r => r.Signal.ValidUntil == long.MaxValue ? null : r.Signal.ValidUntil)
        .Word("decision", r => r.Row.Decision.Word).Word("outcome", r => r.Outcome)
        .Time("entry_time", r => r.Trade?.EntryTime).Number("entry_price", r => r.Trade?.EntryPrice ?? double.NaN)
        .Time("exit_time", r => r.Trade?.ExitTime).Number("exit_price", r => r.Trade?.ExitPrice ?? double.NaN)
        .Number("pnl_net", r => r.Trade?.NetProfit ?? double.NaN).Word("exit_reason", r => r.Trade?.Reason.Word())
        .Number("prediction", r => r.Signal.Prediction).Number("model_size", r => r.ModelSize)
        .Whole("model_version", r => r.Signal.ModelVersion == 0 ? null : r.Signal.ModelVersion)
        .Number("dissimilarity", r => r.Signal.Dissimilarity);

    /// <summary>factors.csv: the declared factors at each entry signal, one row per value.</summary>
    public static readonly TableDefinition<FactorOfRun> Factor = new TableDefinition<FactorOfRun>()
        .Word("strategy", r => r.Signal.Strategy.Id).Word("symbol", r => r.Signal.Symbol).Whole("number", r => r.Signal.Signal.Number)
        .Time("time", r => r.Signal.Signal.Time).Word("factor", r => r.Factor).Number("value", r => r.Value);

    /// <summary>
    /// trades_by_model.csv: closed trades and net profit by model, and of the strategies without one; sums over the strategies'
    /// statistics.
    /// </summary>
    public static readonly TableDefinition<ModelTrades> ByModel = new TableDefinition<ModelTrades>()
        .Word("model", r => r.Model).Whole("strategies", r => r.Strategies).Whole("trades", r => r.Trades)
        .Number("win_rate", r => r.Trades == 0 ? double.NaN : r.Wins / r.Trades).Number("pnl_net", r => r.Net);

    /// <summary>equity.csv: the portfolio's equity by bar.</summary>
    public static readonly TableDefinition<EquityRow> Equity = new TableDefinition<EquityRow>()
        .Time("time", r => r.Time).Number("equity", r => r.Equity).Number("cash", r => r.Cash).Number("exposure", r => r.Exposure)
        .Number("drawdown", r => r.Drawdown);

    /// <summary>Returns the trades of strategies, each in its own account.</summary>
    /// <param name="unit">Returns the unit of a symbol's prices.</param>
    /// <param name="form">The columns that the run needs.</param>
    public static Table Trades(IEnumerable<StrategyEntry> strategies, Func<int, IEnumerable<Trade>> trades,
        Func<string, PriceUnit> unit, TradeForm form) =>
        TradeTable(form).Of(
            strategies.SelectMany(s => trades(s.Index).Select(t => new TradeOfRun(s, t, s.Weight, unit(s.SymbolOf(t))))));

    /// <summary>Returns the trades that the portfolio took, at its size.</summary>
    /// <inheritdoc cref="Trades"/>
    public static Table PortfolioTrades(IReadOnlyList<StrategyEntry> strategies, IRunEvents events, Func<string, PriceUnit> unit,
        TradeForm form) =>
        TradeTable(form).Of(events.PortfolioTrades().Select(p => (Strategy: strategies[p.Member], p.Trade, p.Weight))
            .Select(p => new TradeOfRun(p.Strategy, p.Trade, p.Weight, unit(p.Strategy.SymbolOf(p.Trade)))));

    /// <summary>Returns each change of a position of the portfolio.</summary>
    /// <param name="isConverted">Whether some instrument has another currency than the account.</param>
    public static Table PortfolioFills(IReadOnlyList<StrategyEntry> strategies, IRunEvents events, bool isConverted) =>
        (isConverted ? ConvertedFill : Fill).Of(
            events.PortfolioFills().Select(f => new FillOfRun(strategies[f.Fill.Member], f.Symbol, f.Fill)));

    private static TableDefinition<TradeOfRun> TradeTable(TradeForm form) => form.HasChains
        ? form.IsConverted ? ConvertedRolledTrade : RolledTrade
        : form.IsConverted ? ConvertedTrade : Trade;

    /// <summary>Returns the rolls of strategies, each in its own account, and then those of the portfolio.</summary>
    /// <param name="traded">Strategies whose trades are listed.</param>
    /// <param name="unit">Returns the unit of a symbol's prices.</param>
    public static Table Rolls(IEnumerable<StrategyEntry> traded, IReadOnlyList<StrategyEntry> strategies, IRunEvents events,
        Func<string, PriceUnit> unit) =>
        Roll.Of(traded.SelectMany(s => events.Rolls(s.Index).Select(r => RollOfRun.Of(s, r.Symbol, r.Roll, unit(r.Symbol))))
            .Concat(PortfolioRolls(strategies, events, unit)));

    // Each roll of the portfolio is two fills, the old contract first.
    private static IEnumerable<RollOfRun> PortfolioRolls(IReadOnlyList<StrategyEntry> strategies, IRunEvents events,
        Func<string, PriceUnit> unit)
    {
        PortfolioFill? old = null;
        foreach (var (symbol, fill) in events.PortfolioFills())
        {
            if (fill.Kind != PortfolioFillKind.Roll) continue;
            if (old is { } closed) yield return RollOfRun.Of(strategies[fill.Member], symbol, closed, fill, unit(symbol));
            old = old is null ? fill : null;
        }
    }

    /// <summary>Returns the signals of strategies.</summary>
    public static Table Signals(IEnumerable<StrategyEntry> strategies, IRunEvents events) =>
        Signal.Of(strategies.SelectMany(s => events.Signals(s.Index).Select(row => new SignalOfRun(s, row))));

    /// <summary>Returns the factors of strategies at their entries.</summary>
    public static Table Factors(IEnumerable<StrategyEntry> strategies, IRunEvents events) =>
        Factor.Of(strategies.SelectMany(s => FactorsOf(s, events.FactorNames(s.Index), events)));

    /// <summary>Returns the trades of strategies by model.</summary>
    public static Table TradesByModel(IEnumerable<StrategyEntry> strategies) =>
        ByModel.Of(strategies.GroupBy(s => s.Model ?? "", StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(ModelTrades.Of));

    private static IEnumerable<FactorOfRun> FactorsOf(StrategyEntry strategy, IReadOnlyList<string> names, IRunEvents events)
    {
        foreach (var row in events.Signals(strategy.Index))
        {
            if (row.Trade is null) continue;
            var signal = new SignalOfRun(strategy, row);
            for (var i = 0; i < row.Factors.Count; i++) yield return new FactorOfRun(signal, names[i], row.Factors[i]);
        }
    }
}

/// <summary>A row of a table of trades.</summary>
/// <param name="Unit">The unit of its symbol's prices.</param>
internal readonly record struct TradeOfRun(StrategyEntry Strategy, Trade Trade, double Weight, PriceUnit Unit)
{
    public double Multiplier => Unit.Multiplier;

    public string Currency => Unit.Currency;

    /// <summary>An amount in the currency of the prices.</summary>
    public double InPrices(double amount) => amount / Trade.Rate;

    public string Symbol => Strategy.SymbolOf(Trade);

    /// <summary>The contract at the exit; empty for a plain symbol.</summary>
    public string Contract => Unit.Changes.At(Trade.ExitTime);
}

/// <summary>The optional columns of a table of trades.</summary>
/// <param name="IsConverted">Whether some instrument has another currency than the account.</param>
/// <param name="HasChains">Whether some symbol is a chain of contracts.</param>
internal readonly record struct TradeForm(bool IsConverted, bool HasChains);

/// <summary>A row of the table of rolls.</summary>
/// <param name="Number">The number of the trade.</param>
/// <param name="Profit">Before commission.</param>
internal readonly record struct RollOfRun(bool IsPortfolio, StrategyEntry Strategy, string Symbol, int Number, long Time, string From,
    string To, Side Side, double Quantity, double OldPrice, double NewPrice, double Commission, double Profit)
{
    internal static RollOfRun Of(StrategyEntry strategy, string symbol, in RollEvent roll, PriceUnit unit) =>
        new(false, strategy, symbol, roll.Number, roll.Time, unit.Changes[roll.Change].From, unit.Changes[roll.Change].To, roll.Side,
            roll.Quantity, roll.OldPrice, roll.NewPrice, roll.Commission, roll.Profit(unit.Multiplier));

    internal static RollOfRun Of(StrategyEntry strategy, string symbol, in PortfolioFill old, in PortfolioFill opened, PriceUnit unit) =>
        new(true, strategy, symbol, opened.Number, opened.Time, unit.Changes.At(opened.Time - 1), unit.Changes.At(opened.Time), opened.Side,
            opened.Quantity, old.Price, opened.Price, old.Commission + opened.Commission,
            (int)opened.Side * (old.Price - opened.Price) * opened.Quantity * unit.Multiplier);
}

/// <summary>A row of the table of the portfolio's fills.</summary>
internal readonly record struct FillOfRun(StrategyEntry Strategy, string Symbol, PortfolioFill Fill);

/// <summary>A row of the table of signals.</summary>
internal readonly record struct SignalOfRun(StrategyEntry Strategy, SignalRow Row)
{
    public string Symbol => Strategy.SymbolOf(Row);

    public Signal Signal => Row.Signal;

    public Trade? Trade => Row.Trade;

    /// <summary>Its end in the strategy's own account; null if that is not known yet.</summary>
    public string? Outcome => (Row.End, Trade) switch
    {
        ({ } end, _) => end.Word(),
        (null, { Reason: ExitReason.Open }) => "open",
        (null, { }) => "closed",
        _ => null,
    };

    /// <summary>The part of its size that the model allowed; NaN without a model.</summary>
    public double ModelSize => double.IsNaN(Signal.Prediction) && !Signal.IsAbstained ? double.NaN : Signal.SizeFactor;
}

/// <summary>A row of the table of factors.</summary>
internal readonly record struct FactorOfRun(SignalOfRun Signal, string Factor, double Value);

/// <summary>A row of the table of trades by model.</summary>
/// <param name="Model">Empty for strategies without one.</param>
internal sealed record ModelTrades(string Model, long Strategies, long Trades, double Wins, double Net)
{
    internal static ModelTrades Of(IGrouping<string, StrategyEntry> group)
    {
        long count = 0;
        double wins = 0, net = 0;
        foreach (var s in group)
        {
            if (s.Stats is not { Trades: > 0 } stats) continue;
            count += stats.Trades;
            wins += Math.Round(stats.WinRate * stats.Trades);
            net += stats.NetProfit;
        }
        return new ModelTrades(group.Key, group.Count(), count, wins, net);
    }
}
