using System.Collections.Frozen;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Trading.Live;

namespace Granary.Trading.Why;

/// <summary>The facts of an account's journal, as far as it was read; each reading adds the entries that the journal has since.</summary>
internal sealed class JournalCopy
{
    private static readonly FrozenSet<string> s_unused =
        new[] { nameof(TradeChanged), nameof(PositionChanged), nameof(SessionChanged) }.ToFrozenSet(StringComparer.Ordinal);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly List<(long Sequence, JournalEvent Event)> _facts = [];
    private readonly Dictionary<string, string> _strategyOf = new(StringComparer.Ordinal);
    private long _sequence;
    private int _slices;
    private JournalPast? _past;

    /// <summary>Reads the journal's new entries without its lease.</summary>
    /// <returns>All that the journal has; the same object as before if it has no new entries.</returns>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<JournalPast> ReadAsync(IAccountStore accounts, string account, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Without a filter: a file continues from the last entry that the query wanted only if that was the last of all.
            var query = new JournalQuery { After = _sequence };
            foreach (var entry in await accounts.PeekAsync(account, query, cancellationToken).ConfigureAwait(false)) Add(entry);
            return _past ??= new JournalPast([.. _facts], new Dictionary<string, string>(_strategyOf, StringComparer.Ordinal), _slices);
        }
        finally
        {
            _reading.Release();
        }
    }

    private void Add(JournalEntry entry)
    {
        _sequence = entry.Sequence;
        if (s_unused.Contains(entry.Kind)) return;
        var e = JournalCodec.Decode(entry);
        _past = null;
        _facts.Add((entry.Sequence, e));
        if (e is BarsTaken) _slices++;
        if (e is OrderIntended intended) _strategyOf[intended.Order.ClientId] = intended.Strategy;
    }
}
