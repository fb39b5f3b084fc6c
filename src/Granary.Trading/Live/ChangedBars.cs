using System.Globalization;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Trading.Live;

/// <summary>Bars of one market in an account's journal that the feed's source has with other values, or has no more.</summary>
internal sealed record ChangedBars
{
    /// <summary>The rule of the <see cref="Reconciled"/> fact that accepts the changes up to its time.</summary>
    public const string Rule = "bars of the journal stay as they were traded on";

    public required string Symbol { get; init; }

    private bool HasVolumes { get; init; }

    /// <summary>The number of bars that both have, or only the journal within the range of the source.</summary>
    public int Compared { get; private set; }

    /// <summary>The number of bars with other prices.</summary>
    public int Changed { get; private set; }

    /// <summary>The number of bars with the same prices and a different volume.</summary>
    public int Volumes { get; private set; }

    /// <summary>The number of bars that the source has no more.</summary>
    public int Gone { get; private set; }

    private bool IsAny => Changed + Volumes + Gone > 0;

    private Bar _journal, _feed;
    private double _least = double.PositiveInfinity, _most;

    /// <summary>Compares the bars that an account was traded on with the source that they came from.</summary>
    /// <param name="source">Not disposed of.</param>
    /// <param name="data">The symbols of the session.</param>
    /// <param name="past">The events of the journal.</param>
    /// <param name="most">The number of newest bars of each market to compare; null for all.</param>
    /// <param name="hasVolumes">Whether the volumes of the source are the feed's.</param>
    /// <returns>The markets with a difference.</returns>
    public static async Task<IReadOnlyList<ChangedBars>> FindAsync(IBarSource source, DataSpec data, IReadOnlyList<JournalEvent> past,
        int? most, bool hasVolumes, CancellationToken cancellationToken)
    {
        var accepted = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var fact in past.OfType<Reconciled>().Where(f => f.Rule == Rule)) accepted[fact.Symbol] = fact.Timestamp;
        List<ChangedBars> found = [];
        foreach (var symbol in data.Symbols)
        {
            var from = accepted.GetValueOrDefault(symbol, long.MinValue);
            List<Bar> taken = [.. past.OfType<BarsTaken>().Where(t => t.Timestamp > from).SelectMany(t => t.Bars)
                .Where(b => b.Symbol == symbol).Select(b => b.Bar)];
            if (most is { } limit && taken.Count > limit) taken.RemoveRange(0, taken.Count - limit);
            if (taken.Count == 0) continue;
            var changed = new ChangedBars { Symbol = symbol, HasVolumes = hasVolumes };
            await changed.CompareAsync(source, data.Timeframe, taken, cancellationToken).ConfigureAwait(false);
            if (changed.IsAny) found.Add(changed);
        }
        return found;
    }

    private async Task CompareAsync(IBarSource source, Timeframe timeframe, List<Bar> taken, CancellationToken cancellationToken)
    {
        IBarSeries series;
        try
        {
            // Up to the close of the last bar: an exchange answers whole seconds, and leaves out a bar that begins at the end.
            series = await source.OpenAsync(new BarQuery(Symbol, timeframe, taken[0].Time, timeframe.CloseOf(taken[^1].Time)),
                cancellationToken).ConfigureAwait(false);
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
        if (!IsAny) _journal = journal;
        Gone++;
    }

    private void Compare(in Bar journal, in Bar feed)
    {
        Compared++;
        var isSame = journal.Open == feed.Open && journal.High == feed.High && journal.Low == feed.Low && journal.Close == feed.Close;
        if (isSame && (!HasVolumes || journal.Volume.Equals(feed.Volume))) return;
        if (!IsAny) (_journal, _feed) = (journal, feed);
        if (isSame)
        {
            Volumes++;
            return;
        }
        Changed++;
        var ratio = feed.Close / journal.Close;
        (_least, _most) = (Math.Min(_least, ratio), Math.Max(_most, ratio));
    }

    /// <summary>The difference in one phrase.</summary>
    public override string ToString()
    {
        string Count(int bars, string what) => FormattableString.Invariant($"{bars:N0} of {Compared:N0} bars of {Symbol} {what}");
        List<string> parts = [];
        if (Changed > 0) parts.Add(Count(Changed, "have other prices"));
        if (Volumes > 0) parts.Add(Count(Volumes, "have another volume"));
        if (Gone > 0) parts.Add(Count(Gone, "are gone"));
        var (what, before, now) = _feed.Time == _journal.Time && _feed.Close == _journal.Close && Volumes > 0
            ? ("volume", _journal.Volume, _feed.Volume) : ("close", _journal.Close, _feed.Close);
        var text = $"{string.Join(" and ", parts)} (first {RunText.Time(_journal.Time)}: {what} {RunText.Number(before)} in the journal"
            + (_feed.Time == _journal.Time ? $", {RunText.Number(now)} in the feed" : "");
        // A split changes all bars by one factor, apart from roundings.
        if (Changed > 1 && _most - _least <= 1e-3 * _most && Math.Abs(_most - 1) > 1e-3)
            text += string.Create(CultureInfo.InvariantCulture, $"; all by the factor {_least:G4}, as after a split");
        return text + ")";
    }
}
