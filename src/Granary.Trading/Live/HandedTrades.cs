using System.Text;
using Granary.Engine.Brokerage;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;

namespace Granary.Trading.Live;

/// <summary>What a session does with trades that were open when its account was handed over to its configuration.</summary>
/// <param name="switched">The last switch of the account; null where there was none.</param>
internal sealed class HandedTrades(DeploymentSwitched? switched)
{
    private readonly Dictionary<string, HandedTrade> _byEntry =
        switched?.Trades.ToDictionary(t => t.Entry, StringComparer.Ordinal) ?? new(StringComparer.Ordinal);

    /// <summary>The last switch in a journal; null where there was none.</summary>
    public static DeploymentSwitched? LastSwitch(IEnumerable<JournalEvent> past) => past.OfType<DeploymentSwitched>().LastOrDefault();

    /// <summary>Whether the order was made before the switch.</summary>
    public bool IsEarlier(string entry) => switched is not null && !entry.StartsWith(switched.Tag + "-", StringComparison.Ordinal);

    /// <summary>The id of the strategy that manages a trade now; null for one that was over before the switch.</summary>
    /// <param name="entry">Client order id of its entry.</param>
    /// <param name="strategy">The strategy's id in the journal.</param>
    public string? RunsAs(string entry, string strategy) =>
        !IsEarlier(entry) ? strategy : _byEntry.GetValueOrDefault(entry)?.RunsAs;

    /// <summary>Whether a market order closes the trade.</summary>
    public bool Closes(string entry) => _byEntry.GetValueOrDefault(entry)?.Handling == TradeHandling.Closes;

    /// <summary>Whether an entry that still waits is cancelled.</summary>
    public bool Cancels(string entry) =>
        IsEarlier(entry) && _byEntry.GetValueOrDefault(entry)?.Handling != TradeHandling.Kept;

    /// <summary>The switch in one sentence, for the notes of a run.</summary>
    public string Note(DeploymentSwitched e)
    {
        int Count(TradeHandling handling) => e.Trades.Count(t => t.Handling == handling);
        var counts = $"{Count(TradeHandling.Kept)} trades kept, {Count(TradeHandling.WindsDown)} winding down, "
            + $"{Count(TradeHandling.Closes)} closing";
        return $"{e.Who} handed the account over to deployment {e.Version} at {RunText.Time(e.Timestamp)}: {counts}"
            + (e.Why.Length > 0 ? $"; {e.Why}" : "");
    }

    /// <summary>
    /// The configuration's specification with the strategies of earlier ones that still have trades: they run without weight, so that they
    /// end their trades and enter nothing. The journal's symbols come first, in its order.
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
