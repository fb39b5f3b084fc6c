using System.Globalization;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Regimes;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Regimes;

namespace Granary.Simulation.Conditions;

/// <summary>
/// Reads the closed trades of strategies with the conditions known at their entry, and the reason of their exit.
/// </summary>
internal sealed class TradeConditions
{
    /// <summary>
    /// Condition names in the order of the tables. The state comes from the batch's regimes. The exit reason is not known at entry.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } = [State, Volatility, "hour", "weekday", "entry", Exit];

    public const string State = "state", Volatility = "volatility", Exit = "exit";

    private readonly BatchPlan _plan;
    private readonly IReadOnlyDictionary<string, OpenedMarket> _markets;
    private readonly RegimePlan? _regimes;
    private readonly Dictionary<string, (StateChanges? State, StateChanges Volatility)> _states = new(StringComparer.Ordinal);

    private TradeConditions(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, RegimePlan? regimes) =>
        (_plan, _markets, _regimes) = (plan, markets, regimes);

    /// <summary>Reads the states of the markets of some strategies.</summary>
    /// <param name="regimes">Regimes of the batch; null if it has none.</param>
    public static async Task<TradeConditions> ReadAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets,
        RegimePlan? regimes, IEnumerable<int> strategies, CancellationToken cancellationToken)
    {
        var conditions = new TradeConditions(plan, markets, regimes);
        var buckets = VolatilityPlan(plan.Spec.Catalogues.Factors);
        foreach (var symbol in strategies.SelectMany(i => plan.Instances[i].Symbols).Distinct(StringComparer.Ordinal))
            conditions._states[symbol] = (
                regimes is null ? null : await StateChanges.OfAsync(markets[symbol], regimes, cancellationToken),
                await StateChanges.OfAsync(markets[symbol], buckets, cancellationToken));
        return conditions;
    }

    /// <summary>
    /// Classifies volatility: low, middle or high if the volatility of 20 bars is more than 20 % below that of 100 bars, near it, or more
    /// than 20 % above it. The bounds are the same for all markets, so they are not fitted.
    /// </summary>
    public static RegimePlan VolatilityPlan(Engine.Factors.FactorCatalogue factors) => new(
        [new LadderMachine(Volatility, ["low", "middle", "high"], "volatility(20)", "volatility(100)",
            [new LadderRung(-20, -20), new LadderRung(20, 20)], 1)], factors);

    /// <summary>Returns the closed trades of a strategy in its own account, in the order of closing.</summary>
    public List<ConditionTrade> Of(int strategy, IEventLog log)
    {
        var instance = _plan.Instances[strategy];
        var (types, found) = (new Dictionary<int, OrderType>(), new List<ConditionTrade>());
        foreach (var e in log.Events(strategy))
            if (e.Kind == RunEventKinds.Signal) types[e.Number] = e.Signal.Type;
            else if (e.IsClosedTrade && e.Trade is var trade)
                found.Add(With(instance, trade, types.GetValueOrDefault(trade.Number)));
        return found;
    }

    private ConditionTrade With(StrategyInstance instance, in Trade trade, OrderType type)
    {
        var symbol = instance.Symbols[trade.SymbolIndex];
        var (state, volatility) = _states[symbol];
        var time = new DateTime(trade.EntryTime);
        return new ConditionTrade(trade.EntryTime, instance.Timeframe.CloseOf(trade.ExitTime), trade.NetProfit,
            trade.Return(_markets[symbol].Instrument.Multiplier),
            [
                state?.At(trade.EntryTime) is { } s ? _regimes!.States[s] : null,
                volatility.At(trade.EntryTime) is { } v ? volatility.States[v] : null,
                // Daily and longer bars have no hour.
                instance.Timeframe.Ticks < TimeSpan.TicksPerDay ? time.ToString("HH", CultureInfo.InvariantCulture) : null,
                time.DayOfWeek.ToString(),
                $"{(trade.Side == Side.Buy ? "long" : "short")} {type.Word()}",
                trade.Reason.Word(),
            ]);
    }
}
