using System.Runtime.CompilerServices;
using Granary.Backtesting.Charts;
using Granary.Backtesting.Why;
using Granary.Contracts.Why;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Simulation.Catalogues;
using Granary.Trading.Live;

namespace Granary.Trading.Why;

/// <summary>
/// Answers why a strategy of a live session acted, or did not act, at a bar. It reads the account's journal without its lease, so the
/// session goes on, and runs strategies and portfolio again over the journal's bars; orders, fills and decisions are the journal's.
/// </summary>
internal sealed class SessionWhy(IAccountStore accounts, GranaryCatalogues catalogues)
{
    private const int MostReplays = 3, MostJournals = 3;

    private readonly RecentAnswers<WhyReplay> _replays = new(MostReplays);
    private readonly RecentAnswers<JournalCopy> _journals = new(MostJournals);
    private readonly ConditionalWeakTable<JournalPast, SessionReplay> _histories = new();

    /// <param name="account">The account of the session.</param>
    /// <param name="command">The beginning of the command that prints the answer; null = with the account as STATE.</param>
    /// <returns>null if the account never had a session.</returns>
    /// <exception cref="InputException">The query is wrong, or the session cannot be replayed; one sentence.</exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<WhyAnswer?> AnswerAsync(string account, WhyQuery query, CancellationToken cancellationToken = default,
        string? command = null)
    {
        WhyPlace.Check(query);
        var journal = await _journals.FindAsync(account, () => Task.FromResult(new JournalCopy())).ConfigureAwait(false);
        var past = await journal.ReadAsync(accounts, account, cancellationToken).ConfigureAwait(false);
        if (past.Events.OfType<SessionStarted>().LastOrDefault() is not { } start) return null;
        if (past.Slices == 0) throw new InputException($"the session of {account} has taken no bars yet; ask again after its first bar");
        var history = _histories.GetValue(past, p => new SessionReplay(account, start, p.Events, catalogues));
        var source = new WhySource(account, IsLive: true, command ?? $"granary why {account}")
        {
            SignalOf = history.SignalOf(query.Strategy),
            FactsIn = (from, close) => past.Of(query.Strategy, history.TimeframeOf(query.Strategy), (from, close)),
            PausesIn = history.PausesIn,
            CommandsIn = (from, close) => history.CommandsIn(query.Strategy, from, close),
            Notes = history.Notes,
        };
        var question = new WhySearch(query, number => history.TimeOf(query.Strategy, number), number => throw new InputException(
            $"trade {number}: a session's trades have the numbers of their signals; ask with signal {number}"));
        return await question.AnswerAsync(source, around => _replays.FindAsync($"{account}|{query.Strategy}|{past.Slices}|{around}",
            () => Task.Run(() => history.RecordAsync(query.Strategy, around)))).ConfigureAwait(false);
    }
}
