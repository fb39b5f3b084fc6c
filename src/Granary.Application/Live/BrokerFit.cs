using Granary.Application.Batches;
using Granary.Application.Json;
using Granary.Data.Brokers;
using Granary.Engine.Trading;

namespace Granary.Application.Live;

/// <summary>Whether a broker's venue can trade a configuration.</summary>
public static class BrokerFit
{
    /// <summary>What the venue cannot trade of it, one sentence each; empty where it can trade all.</summary>
    public static IReadOnlyList<string> Faults(string broker, BrokerCapabilities capabilities, BatchSpec spec)
    {
        var faults = new List<string>();
        var sellers = spec.Strategies.Where(s => (s.Trading.Sides & Sides.Short) != 0).Select(s => s.Class).Distinct().ToList();
        if (!capabilities.Short && sellers.Count > 0)
            faults.Add($"the broker '{broker}' cannot sell short, which {string.Join(", ", sellers)} may do; give "
                + $"{(sellers.Count == 1 ? "it" : "them")} \"sides\": \"long\" in the batch and run the backtest again, "
                + "or take a broker of a futures market");
        var leverage = spec.Execution.Settings.Leverage;
        if (capabilities.Leverage > 0 && leverage > capabilities.Leverage)
            faults.Add(FormattableString.Invariant($"the broker '{broker}' has no leverage above {capabilities.Leverage}, and the ")
                + FormattableString.Invariant($"configuration's execution.leverage is {leverage}; lower it and run the backtest again"));
        if (!capabilities.RestingStops && spec.Strategies.Any(s => s.Trading.StopLossPercent > 0 || s.Trading.TrailingStopPercent > 0))
            faults.Add($"the broker '{broker}' keeps no stops while the session is off, and the configuration has stops; "
                + "take another broker");
        return faults;
    }

    /// <exception cref="InputException">The venue cannot trade the configuration; the message says why and what to do.</exception>
    public static void Check(SessionOptions options, BatchSpec spec)
    {
        var capabilities = options.CreateBroker(spec.Catalogues.Brokers).Capabilities;
        if (Faults(options.Broker, capabilities, spec) is { Count: > 0 } faults)
            throw new InputException($"--broker {options.Broker}: {string.Join("; ", faults)}");
    }
}
