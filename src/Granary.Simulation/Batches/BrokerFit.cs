using Granary.Data.Brokers;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Simulation.Batches;

/// <summary>Checks whether a broker's venue can trade a configuration.</summary>
internal static class BrokerFit
{
    /// <summary>Returns the reasons why the venue cannot trade the configuration, one sentence each; empty if it can.</summary>
    /// <param name="broker">Name of the broker for the sentences.</param>
    public static IReadOnlyList<string> Faults(string broker, BrokerCapabilities capabilities, BatchSpec spec)
    {
        var faults = new List<string>();
        var sellers = spec.Strategies.Where(s => (s.Trading.Sides & Sides.Short) != 0).Select(s => s.Class).Distinct().ToList();
        if (!capabilities.Short && sellers.Count > 0)
            faults.Add($"the broker '{broker}' cannot sell short, which {string.Join(", ", sellers)} may do; give "
                + $"{(sellers.Count == 1 ? "it" : "them")} \"sides\": \"long\" in the batch and run the backtest again, "
                + "or take a broker of a futures market");
        if (Leverage($"the broker '{broker}'", capabilities, spec) is { } leverage) faults.Add(leverage);
        var hasStops = spec.Strategies.Any(s => s.Trading.HasStop);
        if (hasStops && !capabilities.RestingStops)
            faults.Add($"the broker '{broker}' keeps no stops while the session is off, and the configuration has stops; "
                + "take another broker");
        Need(OrderType.Market, "every entry and exit is one", true);
        Need(OrderType.Stop, "stops and trailing stops are stop orders", hasStops && capabilities.RestingStops);
        Need(OrderType.Limit, "targets are limit orders", spec.Strategies.Any(s => s.Trading.HasTarget));
        Need(OrderType.Limit, "entryOrder and scaleIn enter by limit orders", Enters(EntryOrder.Limit, below: true));
        Need(OrderType.Stop, "entryOrder and scaleIn enter by stop orders", Enters(EntryOrder.Stop, below: false));
        Need(OrderType.MarketOnClose, "entryOrder enters at the close", spec.Strategies.Any(s => s.Trading.EntryOrder == EntryOrder.Close));
        return faults;

        bool Enters(EntryOrder order, bool below) => spec.Strategies.Any(s => s.Trading.EntryOrder == order
            || s.Trading.ScaleIn.Any(step => step.Percent < 0 == below));

        void Need(OrderType type, string why, bool isNeeded)
        {
            if (isNeeded && !capabilities.OrderTypes.Contains(type))
                faults.Add($"the broker '{broker}' has no {type.Word()} orders, and {why}; take another broker");
        }
    }

    /// <summary>Checks the configuration against the instruments that the venue lists; returns one sentence per conflict.</summary>
    /// <inheritdoc cref="Faults(string, BrokerCapabilities, BatchSpec)"/>
    /// <param name="rateOf">The value of the currency of a symbol's prices in the account's.</param>
    public static IReadOnlyList<string> Faults(string broker, IReadOnlyList<InstrumentCapabilities> instruments, BatchSpec spec,
        Func<string, double>? rateOf = null)
    {
        var faults = new List<string>();
        foreach (var instrument in instruments)
        {
            var own = spec.Data.Instruments.GetValueOrDefault(instrument.Symbol);
            Step(faults, instrument, "lot", own?.Lot, instrument.Instrument.LotSize);
            Step(faults, instrument, "tick", own?.Tick, instrument.Instrument.TickSize);
            if (Leverage($"{instrument.VenueSymbol} at '{broker}'", instrument.Capabilities, spec) is { } leverage) faults.Add(leverage);
            foreach (var strategy in spec.Strategies.Where(s => s.Symbols?.Contains(instrument.Symbol) ?? true))
                if (Smallest(strategy.Trading.Size, spec.Cash) / (rateOf?.Invoke(instrument.Symbol) ?? 1) is { } value
                    && value < instrument.Instrument.MinNotional)
                    faults.Add(FormattableString.Invariant(
                        $"{strategy.Class} orders {instrument.Symbol} for {value:0.##} {instrument.Instrument.Currency}, and the smallest ")
                        + FormattableString.Invariant($"order at '{broker}' is worth {instrument.Instrument.MinNotional}; ")
                        + "give it a larger size");
        }
        return [.. faults.Distinct(StringComparer.Ordinal)];
    }

    // With a step that differs from the venue's, live quantities and prices would differ from the backtest.
    private static void Step(List<string> faults, InstrumentCapabilities instrument, string name, double? configured, double venue)
    {
        if (configured is not > 0 || venue <= 0) return;
        var times = configured.Value / venue;
        if (Math.Round(times) >= 1 && Math.Abs(times - Math.Round(times)) < 1e-6) return;
        faults.Add(FormattableString.Invariant(
            $"the {name} of {instrument.VenueSymbol} is {venue}, and data.instruments.{instrument.Symbol}.{name} is {configured}; ")
            + FormattableString.Invariant($"write a multiple of {venue} and run the backtest again"));
    }

    private static string? Leverage(string what, BrokerCapabilities capabilities, BatchSpec spec)
    {
        var leverage = spec.Execution.Settings.Leverage;
        if (capabilities.Leverage == 1 && spec.Execution.Settings.Margin != MarginMode.None)
            return $"{what} has no margin, and the configuration's execution.margin is {EnumWords.Of(spec.Execution.Settings.Margin)}; leave it "
                + "out and run the backtest again";
        return capabilities.Leverage > 0 && leverage > capabilities.Leverage
            ? FormattableString.Invariant($"{what} has no leverage above {capabilities.Leverage}, and the configuration's ")
                + FormattableString.Invariant($"execution.leverage is {leverage}; lower it and run the backtest again")
            : null;
    }

    // Smallest order value with the initial cash; null if it depends on the price or the stop.
    private static double? Smallest(SizeRule size, double cash) => size.Kind switch
    {
        SizeKind.Cash => size.Value,
        SizeKind.PercentOfEquity => cash * size.Value / 100,
        SizeKind.Units or SizeKind.RiskPercent => null,
    };
}
