using Granary.Data.Journals;
using Granary.Engine.Brokerage;

namespace Granary.Application.Live;

/// <summary>A strategy of a live account.</summary>
/// <param name="Enabled">Whether it may enter.</param>
/// <param name="Weight">null where no weights name it.</param>
/// <param name="Signals">How many entry signals it gave.</param>
/// <param name="Trades">How many trades it entered.</param>
/// <param name="Change">What enabled or disabled it last; null where nothing did.</param>
public sealed record AccountStrategy(string Account, string Id, bool Enabled, double? Weight, int Signals, int Trades, int OpenTrades,
    StrategyChange? Change);

/// <summary>A strategy, or the strategies of a symbol, were enabled or disabled.</summary>
/// <param name="Strategy">Its id; empty for all of <paramref name="Symbol"/>.</param>
/// <param name="Symbol">Empty for a strategy.</param>
/// <param name="At">When it was put into the journal, UTC; in force from the next bar on.</param>
public sealed record StrategyChange(string Account, bool Enabled, string Strategy, string Symbol, string Who, string Why, DateTimeOffset At)
{
    /// <summary>Whether it is about a strategy.</summary>
    public bool IsAbout(string id) => Strategy.Length > 0 ? Strategy == id : AccountStrategies.SymbolsOf(id).Contains(Symbol);
}

/// <summary>The strategies of live accounts, from their journals.</summary>
public sealed class AccountStrategies(AccountReader reader)
{
    private sealed class Known
    {
        public double? Weight { get; set; }

        public int Signals { get; set; }

        public StrategyChange? Change { get; set; }

        public Dictionary<int, double> Open { get; } = [];
    }

    /// <summary>The symbols in a strategy's id.</summary>
    public static IReadOnlyList<string> SymbolsOf(string id)
    {
        var at = id.LastIndexOf('@');
        var end = id.IndexOf(':', at + 1);
        return at < 0 || end < 0 ? [] : id[(at + 1)..end].Split('+');
    }

    /// <summary>The strategies of the accounts, in the order of accounts and ids.</summary>
    /// <param name="symbol">Only those that trade it; null for all.</param>
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

    /// <summary>What enabled and disabled strategies, oldest first.</summary>
    /// <exception cref="JournalException">A journal cannot be read.</exception>
    public async Task<IReadOnlyList<StrategyChange>> HistoryAsync(Func<StrategyChange, bool> wanted, CancellationToken cancellationToken)
    {
        var read = await reader.EntriesAsync(new JournalQuery(nameof(EnablementChanged)), cancellationToken).ConfigureAwait(false);
        return [.. read.SelectMany(a => a.Entries.Select(e => Change(a.Account, e))).Where(wanted).OrderBy(c => c.At)];
    }

    private static void Read(string account, JournalEntry entry, SortedDictionary<string, Known> known)
    {
        switch (entry.Kind)
        {
            case nameof(WeightsChanged):
                foreach (var (id, weight) in ((WeightsChanged)JournalCodec.Decode(entry)).Weights) Of(known, id).Weight = weight;
                break;
            case nameof(EnablementChanged):
                var change = Change(account, entry);
                if (change.Strategy.Length > 0) Of(known, change.Strategy).Change = change;
                else foreach (var (_, one) in known.Where(k => change.IsAbout(k.Key))) one.Change = change;
                break;
            case nameof(DeploymentSwitched):
                // All strategies of another deployment are enabled.
                foreach (var one in known.Values) one.Change = null;
                break;
            case nameof(SignalDecided) when entry.Strategy.Length > 0:
                Of(known, entry.Strategy).Signals++;
                break;
            case nameof(TradeChanged) when entry.Strategy.Length > 0:
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

    private static StrategyChange Change(string account, JournalEntry entry)
    {
        var change = (EnablementChanged)JournalCodec.Decode(entry);
        return new StrategyChange(account, change.Enabled, entry.Strategy, entry.Strategy.Length > 0 ? "" : entry.Symbol, change.Who,
            change.Why, entry.At);
    }
}
