using Granary.Contracts.Deployments;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Trading.Deployments;
using Granary.Trading.Live;

namespace Granary.Trading.Handover;

/// <summary>Hands an account over to a different deployment.</summary>
/// <param name="accounts">The store of the account's journal.</param>
/// <param name="account">The account's name.</param>
internal sealed class AccountSwitch(DeploymentBook book, IAccountStore accounts, string account, GranaryCatalogues catalogues,
    TimeProvider clock)
{
    /// <summary>Returns what a switch would do. Takes no lease and changes nothing.</summary>
    /// <exception cref="InputException">
    /// The deployment does not exist, or the account has no session, trades a configuration that the store does not have, or cannot switch
    /// to this deployment.
    /// </exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<SwitchPlan> PlanAsync(int number, HandOverPolicy policy, CancellationToken cancellationToken = default)
    {
        var entries = await accounts.PeekAsync(account, new JournalQuery(), cancellationToken).ConfigureAwait(false);
        return Plan([.. entries.Select(JournalCodec.Decode)], number, policy);
    }

    /// <summary>
    /// Writes the switch to the account's journal in one durable step, and then to the history. The call can be repeated after a crash: it
    /// completes an interrupted switch.
    /// </summary>
    /// <exception cref="LeaseException">A session trades the account; stop it first.</exception>
    /// <inheritdoc cref="PlanAsync"/>
    public async Task<SwitchPlan> SwitchAsync(int number, HandOverPolicy policy, string who, string why,
        CancellationToken cancellationToken = default)
    {
        var inner = await accounts.OpenJournalAsync(account, "granary deployments switch", clock, cancellationToken).ConfigureAwait(false);
        await using var journal = new AccountJournal(inner, clock);
        var events = new List<JournalEvent>();
        await foreach (var e in journal.ReadAsync(cancellationToken).ConfigureAwait(false)) events.Add(e);
        var plan = Plan(events, number, policy);
        if (!plan.IsDone) await journal.AppendAsync([plan.Fact with { Who = who, Why = why }], cancellationToken).ConfigureAwait(false);
        Complete(plan, events, who, why);
        return plan;
    }

    private SwitchPlan Plan(IReadOnlyList<JournalEvent> events, int number, HandOverPolicy policy)
    {
        var to = book.Get(number);
        var books = AccountBooks.Read(events) ?? throw new InputException(
            $"the account {account} has no session yet; start it with 'granary live --deployments {book.Store} --deployment {number}'");
        var from = book.Find(books.Started.Configuration) ?? throw new InputException($"the account {account} trades a configuration "
            + $"({books.Started.Configuration[..8]}…) that {book.Store} does not have; add it with 'granary deployments add PROD.json'");
        return SwitchPlan.Of(books, from, to, policy,
            d => new ProductionReader(catalogues).Read($"deployment {d.Number}", d.Text(), d.Folder));
    }

    // The journal is authoritative; after a crash the history may not have the switch yet.
    private void Complete(SwitchPlan plan, List<JournalEvent> events, string who, string why)
    {
        var known = book.History(plan.To.Number).Count(e => e.Action == DeploymentAction.Switched && e.Account == account);
        var made = events.OfType<DeploymentSwitched>().Count(e => e.Configuration == plan.To.Hash) + (plan.IsDone ? 0 : 1);
        if (known >= made) return;
        var last = plan.IsDone ? events.OfType<DeploymentSwitched>().Last() : plan.Fact with { Who = who, Why = why };
        book.Append(new DeploymentEvent(0, default, DeploymentAction.Switched, plan.To.Number, last.Who, last.Why)
        {
            Account = account,
            Policy = FormattableString.Invariant($"{PolicyWords.Of(last.Policy)}: {last.Trades.Count} open"),
        });
    }
}

/// <summary>Text forms of hand-over policies.</summary>
internal static class PolicyWords
{
    public static IReadOnlyList<(string Word, HandOverPolicy Policy)> All { get; } =
        [("keep", HandOverPolicy.Keep), ("wind-down", HandOverPolicy.WindDown), ("close", HandOverPolicy.Close)];

    public static string Of(HandOverPolicy policy) => All.Single(p => p.Policy == policy).Word;

    /// <exception cref="InputException">The policy is unknown.</exception>
    public static HandOverPolicy Parse(string word) => All.Where(p => p.Word == word).Select(p =>
        (HandOverPolicy?)p.Policy).FirstOrDefault()
        ?? throw new InputException($"policy {word}: use {string.Join(", ", All.Select(p => p.Word))}");
}
