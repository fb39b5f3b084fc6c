using Granary.Contracts.Accounts;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;

namespace Granary.Trading.Live;

/// <summary>Reads the strategies of live accounts from their journals.</summary>
internal sealed class AccountStrategies(AccountReader reader)
{
    private sealed class Known
    {
        public double? Weight { get; set; }

        public int Signals { get; set; }

        public StrategyChange? Change { get; set; }

        public Dictionary<int, double> Open { get; } = [];
    }

    /// <summary>Returns the symbols in a strategy's id.</summary>
    public static IReadOnlyList<string> SymbolsOf(string id)
    {
        var at = id.LastIndexOf('@');
        var end = id.IndexOf(':', at + 1);
        return at < 0 || end < 0 ? [] : id[(at + 1)..end].Split('+');
    }

    /// <summary>Whether a change concerns a strategy.</summary>
    public static bool IsAbout(StrategyChange change, string id) =>
        change.Strategy.Length > 0 ? change.Strategy == id : SymbolsOf(id).Contains(change.Symbol);

    /// <summary>Returns the strategies of the accounts, sorted by account and id.</summary>
    /// <param name="symbol">A symbol that the strategies must trade; null for all.</param>
    /// <exception cref="JournalException">A journal cannot be read.</exception>
    public async Task<IReadOnlyList<AccountStrategy>> ListAsync(string? symbol = null, CancellationToken cancellationToken = default)
    {
        var all = new List<AccountStrategy>();
        foreach (var (account, entries) in await reader.EntriesAsync(new JournalQuery(), cancellationToken).ConfigureAwait(false))
        {
            var known = new SortedDictionary<string, Known>(StringComparer.Ordinal);
            foreach (var entry in entries) Read(account, entry, known);
            all.AddRange(known.Where(k => symbol is null || SymbolsOf(k.Key).Contains(symbol)).Select(k =>
                new AccountStrategy(account, k.Key, k.Value.Change?.Enabled ?? true, k.Value.Weight, k.Value.Signals, k.Value.Open.Count,
                    k.Value.Open.Values.Count(o => o > 0), k.Value.Change)));
        }
        return all;
    }

    /// <summary>Returns the changes that enabled and disabled strategies, oldest first.</summary>
    /// <exception cref="JournalException">A journal cannot be read.</exception>
    public async Task<IReadOnlyList<StrategyChange>> HistoryAsync(Func<StrategyChange, bool> wanted, CancellationToken cancellationToken)
    {
        var read = await reader.EntriesAsync(new JournalQuery(nameof(EnablementChanged)), cancellationToken).ConfigureAwait(false);
        return [.. read.SelectMany(a => a.Entries.Select(e => ChangeOf(a.Account, e))).Where(wanted).OrderBy(c => c.At)];
    }

    private static void Read(string account, JournalEntry entry, SortedDictionary<string, Known> known)
    {
        switch (entry.Kind)
        {
            case nameof(WeightsChanged):
                foreach (var (id, weight) in ((WeightsChanged)JournalCodec.Decode(entry)).Weights) Of(known, id).Weight = weight;
                break;
            case nameof(EnablementChanged):
                var change = ChangeOf(account, entry);
                if (change.Strategy.Length > 0) Of(known, change.Strategy).Change = change;
                else foreach (var (_, one) in known.Where(k => IsAbout(change, k.Key))) one.Change = change;
                break;
            case nameof(DeploymentSwitched):
                // After a switch of deployment, all strategies are enabled.
                foreach (var one in known.Values) one.Change = null;
                break;
            case nameof(SignalDecided) when entry.Strategy.Length > 0:
                Of(known, entry.Strategy).Signals++;
                break;
            case nameof(TradeChanged) when entry.Strategy.Length > 0 && entry.Strategy != HandOrders.Strategy:
                var trade = (TradeChanged)JournalCodec.Decode(entry);
                Of(known, entry.Strategy).Open[trade.Number] = trade.Open;
                break;
        }
    }

    private static Known Of(SortedDictionary<string, Known> known, string id)
    {
        if (!known.TryGetValue(id, out var one)) known.Add(id, one = new Known());
        return one;
    }

    /// <summary>Reads an entry of the kind <see cref="EnablementChanged"/>.</summary>
    internal static StrategyChange ChangeOf(string account, JournalEntry entry)
    {
        var change = (EnablementChanged)JournalCodec.Decode(entry);
        return new StrategyChange(account, change.Enabled, entry.Strategy, entry.Strategy.Length > 0 ? "" : entry.Symbol, change.Who,
            change.Why, entry.At);
    }
}
