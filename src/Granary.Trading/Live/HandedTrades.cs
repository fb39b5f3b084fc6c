using System.Text;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;

namespace Granary.Trading.Live;

/// <summary>The handling of trades that were open when the account was handed over to the session's configuration.</summary>
/// <param name="switched">The last switch of the account; null if there was none.</param>
internal sealed class HandedTrades(DeploymentSwitched? switched)
{
    private readonly Dictionary<string, HandedTrade> _byEntry =
        switched?.Trades.ToDictionary(t => t.Entry, StringComparer.Ordinal) ?? new(StringComparer.Ordinal);

    /// <summary>Returns the last switch in a journal; null if there was none.</summary>
    public static DeploymentSwitched? LastSwitch(IEnumerable<JournalEvent> past) => past.OfType<DeploymentSwitched>().LastOrDefault();

    /// <summary>Whether the order was created before the switch.</summary>
    public bool IsEarlier(string entry) => switched is not null && !ClientOrderId.Has(entry, switched.Tag);

    /// <summary>Returns the id of the strategy that manages a trade now; null if the trade was closed before the switch.</summary>
    /// <param name="entry">Client order id of its entry.</param>
    /// <param name="strategy">The strategy's id in the journal.</param>
    public string? RunsAs(string entry, string strategy) =>
        !IsEarlier(entry) ? strategy : _byEntry.GetValueOrDefault(entry)?.RunsAs;

    /// <summary>Whether a market order closes the trade.</summary>
    public bool Closes(string entry) => _byEntry.GetValueOrDefault(entry)?.Handling == TradeHandling.Closes;

    /// <summary>Whether a waiting entry is cancelled.</summary>
    public bool Cancels(string entry) =>
        IsEarlier(entry) && _byEntry.GetValueOrDefault(entry)?.Handling != TradeHandling.Kept;

    /// <summary>Describes the switch in one sentence, for the notes of a run.</summary>
    public string Note(DeploymentSwitched e, Timeframe timeframe)
    {
        int Count(TradeHandling handling) => e.Trades.Count(t => t.Handling == handling);
        var counts = $"{Count(TradeHandling.Kept)} trades kept, {Count(TradeHandling.WindsDown)} winding down, "
            + $"{Count(TradeHandling.Closes)} closing";
        return $"{e.Who} handed the account over to deployment {e.Version} at {RunText.Time(FactTime.Of(e, timeframe))}: {counts}"
            + (e.Why.Length > 0 ? $"; {e.Why}" : "");
    }

    /// <summary>
    /// Adds the strategies of earlier configurations with open trades to the specification. They have no weight, so they manage their
    /// trades to the end and enter no new ones. The journal's symbols come first, in its order.
    /// </summary>
    public static BatchSpec Combine(BatchSpec spec, DeploymentSwitched? switched, GranaryCatalogues catalogues)
    {
        if (switched is null) return spec;
        var strategies = spec.Strategies.ToList();
        foreach (var earlier in switched.Earlier)
        {
            var old = new ProductionReader(catalogues).Read($"configuration {earlier.Hash[..8]} of the journal",
                Encoding.UTF8.GetBytes(earlier.Text), earlier.Folder).Spec.Strategies;
            foreach (var trade in switched.Trades.Where(t => t.Configuration == earlier.Hash).DistinctBy(t => t.RunsAs))
                if (strategies.TrueForAll(s => s.Id != trade.RunsAs))
                    strategies.Add(old.Single(s => s.Id == trade.Strategy) with { Id = trade.RunsAs });
        }
        return spec with
        {
            Strategies = strategies,
            Data = spec.Data with { Symbols = [.. switched.Symbols.Union(spec.Data.Symbols, StringComparer.Ordinal)] },
        };
    }
}
