using Granary.Engine.Backtesting;
using Granary.Engine.Trading;

namespace Granary.Application.Verification;

/// <summary>What a strategy did before a time, out of the chunks of events that its run wrote.</summary>
internal static class StrategyPast
{
    /// <param name="known">Events before this are compared.</param>
    /// <returns>The first difference as a sentence; null where there is none.</returns>
    public static string? Difference(IReadOnlyList<byte[]> truth, IReadOnlyList<byte[]> other, long known)
    {
        var a = new Reader(truth, known);
        var b = new Reader(other, known);
        while (true)
        {
            var (more, others) = (a.Next(out var x), b.Next(out var y));
            if (!more && !others) return null;
            if (!more) return $"it made one more {y.Kind} at {Text(y.Time)} when only later bars were changed";
            if (!others) return $"its {x.Kind} at {Text(x.Time)} went away when only later bars were changed";
            if (!x.SameAs(y)) return $"its {x.Kind} at {Text(x.Time)} changed when only later bars were changed";
        }
    }

    /// <summary>
    /// Exits that the strategy ordered on the last unchanged bar fill at the open of the first changed one, whatever it looks like: the
    /// same trades must end there.
    /// </summary>
    /// <param name="truthBar">Open time of the first bar from the cut on, as the source has it.</param>
    /// <param name="otherBar">The same in the changed bars.</param>
    public static string? ExitDifference(IReadOnlyList<byte[]> truth, long truthBar, IReadOnlyList<byte[]> other, long otherBar)
    {
        var (a, b) = (ExitsAt(truth, truthBar), ExitsAt(other, otherBar));
        foreach (var (number, reason) in a)
            if (reason == ExitReason.Signal && !b.ContainsKey(number))
                return $"its exit ordered before {Text(truthBar)} went away when only bars from then on were changed";
        foreach (var (number, reason) in b)
            if (reason == ExitReason.Signal && !a.ContainsKey(number))
                return $"it ordered one more exit before {Text(truthBar)} when only bars from then on were changed";
        return null;
    }

    private static Dictionary<int, ExitReason> ExitsAt(IReadOnlyList<byte[]> chunks, long bar)
    {
        var exits = new Dictionary<int, ExitReason>();
        foreach (var chunk in chunks)
        {
            var reader = new RunEventReader(chunk);
            while (reader.Next(out var e, out _))
                if (e.Kind == RunEventKind.Trade && e.Time == bar && e.ToTrade().Reason != ExitReason.Open)
                    exits[e.Number] = e.ToTrade().Reason;
        }
        return exits;
    }

    private static string Text(long time) => new DateTime(time, DateTimeKind.Utc).ToString("yyyy-MM-dd HH:mm",
        System.Globalization.CultureInfo.InvariantCulture);

    private ref struct Reader(IReadOnlyList<byte[]> chunks, long known)
    {
        private RunEventReader _reader;
        private int _next;

        public bool Next(out RunEvent e)
        {
            while (true)
            {
                while (!_reader.Next(out e, out _))
                {
                    if (_next == chunks.Count) return false;
                    _reader = new RunEventReader(chunks[_next++]);
                }
                if (!e.IsEndOfRun && e.Time < known) return true;
            }
        }
    }
}
