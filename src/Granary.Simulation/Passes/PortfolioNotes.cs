using System.Globalization;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Passes;

/// <summary>Creates the notes on the portfolio's account for the report.</summary>
/// <param name="counts">Number of signals by decision.</param>
/// <param name="expired">Number of accepted entries that expired, by strategy.</param>
/// <param name="closedAtEnd">Number of positions that were closed because their symbol had stopped trading.</param>
internal sealed class PortfolioNotes(PortfolioRun run, IReadOnlyDictionary<Decision, long> counts, IReadOnlyDictionary<string, int> expired,
    int closedAtEnd)
{
    private readonly List<RunNote> _notes = [];

    public static List<RunNote> Of(PortfolioRun run, IReadOnlyDictionary<Decision, long> counts, IReadOnlyDictionary<string, int> expired,
        int closedAtEnd)
    {
        var notes = new PortfolioNotes(run, counts, expired, closedAtEnd);
        notes.AddRefusals();
        notes._notes.AddRange(run.NotesOfLimits().Select(sentence => new RunNote(NoteCode.EntriesRefused, sentence)));
        notes.AddCashShort();
        notes.AddExpired();
        notes.AddEndedSymbols();
        return notes._notes;
    }

    private void AddEndedSymbols()
    {
        if (closedAtEnd > 0)
            _notes.Add(new RunNote(NoteCode.DataEnded,
                $"{Counted.Of(closedAtEnd, "position")} {(closedAtEnd == 1 ? "was" : "were")} closed at the last close of "
                    + "a symbol that had stopped trading (execution.atEnd: close).",
                closedAtEnd));
        var held = run.HeldAtEnd();
        if (held.Count > 0)
            _notes.Add(new RunNote(NoteCode.DataEnded,
                "Open positions are marked at the last close of symbols whose bars ended before the others' ("
                + string.Join(", ", held.Take(5)
                    .Select(h => string.Create(CultureInfo.InvariantCulture,
                        $"{h.Symbol}: {h.Positions} since {new DateTime(h.LastBar):yyyy-MM-dd}"))) + (held.Count > 5 ? ", …" : "")
                + "). Set execution.atEnd to \"close\" to close them at that price.", held.Sum(h => h.Positions)));
    }

    private void AddRefusals()
    {
        var decided = counts.Where(c => c.Key != Decision.WeightZero).ToList();
        var refusals = decided.Where(c => !c.Key.IsAccepted).ToList();
        var (refused, signals) = (refusals.Sum(c => c.Value), decided.Sum(c => c.Value));
        if (refused == 0) return;
        var reasons = string.Join(", ", refusals.OrderByDescending(c => c.Value).ThenBy(c => c.Key, Decision.ByTable)
            .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Value:N0} ({c.Key.Title})")));
        _notes.Add(new RunNote(NoteCode.EntriesRefused,
            string.Create(CultureInfo.InvariantCulture, $"The portfolio refused {Counted.Of(refused, signals, "signal")}: {reasons}."),
            refused));
    }

    private void AddCashShort()
    {
        var (atSignal, atFill) = (run.Resized, run.ResizedAtFill);
        if (atSignal + atFill == 0) return;
        var parts = new List<string>();
        if (atSignal > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{atSignal:N0} at the signal"));
        if (atFill > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{atFill:N0} at the fill"));
        _notes.Add(new RunNote(NoteCode.CashShort,
            $"The portfolio made entries smaller, since the cash did not pay for them in full: {string.Join(" and ", parts)}. "
                + "To refuse such entries, set portfolio.onInsufficientCash to reject.",
            atSignal + atFill));
    }

    private void AddExpired()
    {
        if (expired.Count == 0) return;
        var (entries, most) = (expired.Values.Sum(), 5);
        var of = string.Join(", ", expired.Take(most).Select(x => $"{x.Key}: {x.Value}")) + (expired.Count > most ? ", …" : "");
        _notes.Add(new RunNote(NoteCode.EntryExpired, string.Create(CultureInfo.InvariantCulture,
            $"{Counted.Of(entries, "accepted entry")} expired, since their symbols had no bar on more "
                + $"than {MarketActivity.MostDays} days on which others had one ({of})."), entries));
    }
}
