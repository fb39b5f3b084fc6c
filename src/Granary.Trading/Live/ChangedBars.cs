using System.Globalization;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Trading.Live;

/// <summary>Bars of one market in an account's journal that the feed's source has with other prices, or has no more.</summary>
internal sealed record ChangedBars
{
    /// <summary>The rule of the <see cref="Reconciled"/> fact that accepts the changes up to its time.</summary>
    public const string Rule = "bars of the journal stay as they were traded on";

    public required string Symbol { get; init; }

    /// <summary>The number of bars that both have, or only the journal within the range of the source.</summary>
    public int Compared { get; private set; }

    /// <summary>The number of bars with other prices.</summary>
    public int Changed { get; private set; }

    /// <summary>The number of bars that the source has no more.</summary>
    public int Gone { get; private set; }

    private Bar _journal, _feed;
    private double _least = double.PositiveInfinity, _most;

    /// <summary>Compares the bars that an account was traded on with the source that they came from.</summary>
    /// <param name="source">Not disposed of.</param>
    /// <param name="data">The symbols in the order of the session's markets.</param>
    /// <param name="past">The events of the journal.</param>
    /// <param name="most">The number of newest bars of each market to compare; null for all.</param>
    /// <returns>The markets with a difference.</returns>
    public static async Task<IReadOnlyList<ChangedBars>> FindAsync(IBarSource source, DataSpec data, IReadOnlyList<JournalEvent> past,
        int? most, CancellationToken cancellationToken)
    {
        var accepted = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var fact in past.OfType<Reconciled>().Where(f => f.Rule == Rule)) accepted[fact.Symbol] = fact.Timestamp;
        List<ChangedBars> found = [];
        for (var series = 0; series < data.Symbols.Count; series++)
        {
            var symbol = data.Symbols[series];
            var from = accepted.GetValueOrDefault(symbol, long.MinValue);
            List<Bar> taken = [.. past.OfType<BarsTaken>().Where(t => t.Timestamp > from).SelectMany(t => t.Bars)
                .Where(b => b.Series == series).Select(b => b.Bar)];
            if (most is { } limit && taken.Count > limit) taken.RemoveRange(0, taken.Count - limit);
            if (taken.Count == 0) continue;
            var changed = new ChangedBars { Symbol = symbol };
            await changed.CompareAsync(source, data.Timeframe, taken, cancellationToken).ConfigureAwait(false);
            if (changed.Changed + changed.Gone > 0) found.Add(changed);
        }
        return found;
    }

    private async Task CompareAsync(IBarSource source, Timeframe timeframe, List<Bar> taken, CancellationToken cancellationToken)
    {
        IBarSeries series;
        try
        {
            series = await source.OpenAsync(new BarQuery(Symbol, timeframe, taken[0].Time, taken[^1].Time + 1), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BarDataException)
        {
            // The source has no bars of that range: it begins later, and opening the feed reports a source without any.
            return;
        }
        await using (series.ConfigureAwait(false))
        {
            var (next, seen) = (0, false);
            await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
                for (var i = 0; i < block.Count; i++)
                {
                    var bar = block[i];
                    // Bars before the source's first are not gone: a source may keep the newest ones only.
                    for (; next < taken.Count && taken[next].Time < bar.Time; next++)
                        if (seen) Lose(taken[next]);
                    seen = true;
                    if (next < taken.Count && taken[next].Time == bar.Time) Compare(taken[next++], bar);
                }
        }
    }

    private void Lose(in Bar journal)
    {
        Compared++;
        if (Changed + Gone++ == 0) _journal = journal;
    }

    private void Compare(in Bar journal, in Bar feed)
    {
        Compared++;
        if (journal.Open == feed.Open && journal.High == feed.High && journal.Low == feed.Low && journal.Close == feed.Close) return;
        if (Changed++ + Gone == 0) (_journal, _feed) = (journal, feed);
        var ratio = feed.Close / journal.Close;
        (_least, _most) = (Math.Min(_least, ratio), Math.Max(_most, ratio));
    }

    /// <summary>The difference in one phrase.</summary>
    public override string ToString()
    {
        var text = Changed == 0 ? "" : FormattableString.Invariant($"{Changed:N0} of {Compared:N0} bars of {Symbol} have other prices");
        if (Gone > 0)
            text += (text.Length > 0 ? " and " : "") + FormattableString.Invariant($"{Gone:N0} of {Compared:N0} bars of {Symbol} are gone");
        text += $" (first {RunText.Time(_journal.Time)}: close {RunText.Number(_journal.Close)} in the journal"
            + (_feed.Time == _journal.Time ? $", {RunText.Number(_feed.Close)} in the feed" : "");
        // A split changes all bars by one factor, apart from roundings.
        if (Changed > 1 && _most - _least <= 1e-3 * _most && Math.Abs(_most - 1) > 1e-3)
            text += string.Create(CultureInfo.InvariantCulture, $"; all by the factor {_least:G4}, as after a split");
        return text + ")";
    }
}
