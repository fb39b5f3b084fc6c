using Granary.Contracts.Sessions;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Simulated.Kernel;
using Granary.Trading.Live;

namespace Granary.Simulated.Sessions;

/// <summary>What must hold when a session has ended, whatever happened to it.</summary>
internal static class SessionOracles
{
    public static async Task DemandAsync(SessionRun run, SessionResult undisturbed, SessionResult result, SessionOperations operations)
    {
        // The model of a database shows whether it has what was acknowledged.
        Survive(run, SessionRun.Account);
        Survive(run, SessionRun.Venue);
        var facts = run.EntriesOf(SessionRun.Account).Select(JournalCodec.Decode).ToList();
        Commands(facts, operations);
        Intents(facts);
        var (replayed, account) = (Replayed(run, facts), result.Account);
        var venue = await VenueAsync(run).ConfigureAwait(false);
        // The last answer may have been lost.
        await result.SettleAsync(venue).ConfigureAwait(false);
        Fills(result.Ledger, await venue.PollAsync(0).ConfigureAwait(false));
        Statement(run, result.Ledger, await venue.SnapshotAsync().ConfigureAwait(false));
        Oracle.Demand(replayed == account, "ledger = journal", $"{Difference(account, replayed)}");
        if (run.IsOperated) return;
        Oracle.Demand(result.Digest == undisturbed.Digest, "digest", $"{result.Digest}, undisturbed {undisturbed.Digest}");
        if (run.Touched is not null) return;
        Oracle.Demand(result.Account == undisturbed.Account, "account", $"{Difference(undisturbed.Account, result.Account)}");
    }

    private static void Survive(SessionRun run, string account)
    {
        var rows = run.EntriesOf(account);
        for (var i = 0; i < rows.Count; i++)
            Oracle.Demand(rows[i].Sequence == i + 1, "acknowledged entries survive", $"entry {i + 1} of {account} is {rows[i].Sequence}");
        foreach (var ((of, sequence), entry) in run.Acknowledged)
            if (of == account)
                Oracle.Demand(sequence <= rows.Count && SessionRun.IsSame(rows[(int)sequence - 1], entry), "acknowledged entries survive",
                    $"entry {sequence} of {account} was acknowledged as {entry.Kind}");
    }

    private static void Commands(List<JournalEvent> facts, SessionOperations operations)
    {
        var written = facts.OfType<ICommanded>().Where(c => c.CommandId is not null).GroupBy(c => c.CommandId!).ToList();
        foreach (var command in written)
            Oracle.Demand(command.Count() == 1, "a command once", $"command {command.Key} was executed {command.Count()} times");
        var weights = facts.OfType<WeightsChanged>().Select(w => w.Version).ToList();
        Oracle.Demand(weights.Distinct().Count() == weights.Count, "a command once", $"weights {string.Join(", ", weights)}");
        foreach (var command in operations.Executed)
            Oracle.Demand(command.Command is SessionCommand.Close or SessionCommand.Stop || command.Hand is not null
                || command.Command == SessionCommand.Reverse || written.Any(w => w.Key == command.Id),
                "acknowledged entries survive", $"command {command.Command} {command.Id} was acknowledged");
    }

    private static void Intents(List<JournalEvent> facts)
    {
        foreach (var intent in facts.OfType<OrderIntended>().GroupBy(i => i.Order.ClientId))
            Oracle.Demand(intent.Count() == 1, "an order once", $"order {intent.Key} was intended {intent.Count()} times");
    }

    // The venue as its journal has it, without faults.
    private static async Task<PaperBroker> VenueAsync(SessionRun run)
    {
        var journal = new MemoryJournal();
        await journal.AppendAsync(run.EntriesOf(SessionRun.Venue)).ConfigureAwait(false);
        return await PaperBroker.OpenAsync(run.Paper with { Cash = run.Traded.Spec.Cash }, run.Traded.Spec.Execution.Settings,
            run.Traded.Instruments.ToDictionary(i => i.Symbol, StringComparer.Ordinal), journal, run.World.Outside.Clock)
            .ConfigureAwait(false);
    }

    private static void Fills(AccountLedger ledger, IReadOnlyList<BrokerEvent> events)
    {
        var fills = events.Select(e => e.Fill).OfType<BrokerFill>().ToList();
        var orders = fills.Where(f => f.Leg.Length == 0).GroupBy(f => f.ClientId);
        foreach (var order in orders)
        {
            var (filled, quantity) = (order.Sum(f => f.Quantity), ledger.Find(order.Key)?.Order.Quantity ?? 0);
            Oracle.Demand(filled <= quantity * (1 + 1e-9), "an order once", $"{order.Key} filled {filled} of {quantity}");
        }
        Oracle.Demand(ledger.Fills == fills.Count, "each fill once", $"{ledger.Fills} booked, the venue has {fills.Count}");
    }

    private static void Statement(SessionRun run, AccountLedger ledger, BrokerSnapshot statement)
    {
        foreach (var symbol in run.Traded.Instruments.Select(i => i.Symbol))
        {
            var (ours, theirs) = (ledger.PositionOf(symbol), statement.Positions.GetValueOrDefault(symbol));
            Oracle.Demand(Math.Abs(ours - theirs) <= 1e-9 * Math.Max(1, Math.Abs(theirs)), "ledger = venue",
                $"{symbol}: {ours} in the ledger, {theirs} at the venue");
        }
        Oracle.Demand(Math.Abs(ledger.Cash - statement.Cash) <= 1e-6, "ledger = venue",
            $"cash {ledger.Cash} in the ledger, {statement.Cash} at the venue");
        Oracle.Demand(ledger.Differences == 0, "ledger = venue", $"{ledger.Differences} differences were found while it traded");
    }

    // The account of a ledger made from the journal.
    private static string Replayed(SessionRun run, List<JournalEvent> facts)
    {
        var again = new AccountLedger(run.Traded.Spec.Cash, _ => 1);
        foreach (var fact in facts) again.Apply(fact);
        return SessionResult.AccountOf(again);
    }

    private static string Difference(string wanted, string found)
    {
        var (w, f) = (wanted.Split('\n'), found.Split('\n'));
        for (var i = 0; i < Math.Max(w.Length, f.Length); i++)
            if (w.ElementAtOrDefault(i) != f.ElementAtOrDefault(i))
                return $"'{f.ElementAtOrDefault(i)}' instead of '{w.ElementAtOrDefault(i)}'";
        return "none";
    }
}
