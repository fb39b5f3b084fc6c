using System.Text.Json.Nodes;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>Commands that are laid down for a session, whatever became of the session before.</summary>
public sealed class QueuedCommandTests : IDisposable
{
    private const string Cut = "2022-01-10", To = "2022-01-16";

    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    public enum Before
    {
        NeverStarted,
        Ended,
        Killed,
        PausedAndKilled,
    }

    private sealed class ProcessDied : Exception;

    public static TheoryData<Before> All => [.. Enum.GetValues<Before>()];

    private static string ControlOf(string state) => Path.Combine(state, "control");

    private static string Send(string state, IssuedCommand order) =>
        SessionControl.Send(ControlOf(state), order, TimeProvider.System.GetUtcNow());

    private static string[] Waiting(string state) => Directory.GetFiles(ControlOf(state), "*.command.json");

    private static IReadOnlyList<JournalEvent> Journal(string state) =>
        [.. FileJournal.Peek(state, new JournalQuery()).Select(JournalCodec.Decode)];

    private static int Carried(string state, string command) =>
        Journal(state).OfType<ICommanded>().Count(c => c.CommandId == command);

    private static Task<SessionEnd> TradeAsync(Production production, string state, string to, SessionParts? parts = null) =>
        SessionUnderTest.TradeAsync(production, state, new PaperSettings(), to, parts,
            new LiveOptions { Account = "test", Control = new SessionControl(ControlOf(state), TimeProvider.System) });

    // A session up to the cut that stops without having written its end.
    private static async Task DieAsync(Production production, string state)
    {
        var polls = 0;
        await Should.ThrowAsync<ProcessDied>(() => TradeAsync(production, state, Cut, new SessionParts(
            BrokerOf: b => new InterceptedBroker(b, call =>
            {
                if (call == nameof(IBroker.PollAsync) && ++polls == 200) throw new ProcessDied();
            }))));
    }

    private static async Task PrepareAsync(Production production, string state, Before before)
    {
        if (before == Before.PausedAndKilled) Send(state, new IssuedCommand(SessionCommand.Pause, "Ben", "first"));
        if (before is Before.Killed or Before.PausedAndKilled) await DieAsync(production, state);
        if (before == Before.Ended) await TradeAsync(production, state, Cut);
    }

    private static readonly HandRequest s_entry = new() { Side = Side.Buy, Size = SizeRule.Units(1) };

    private static IEnumerable<IssuedCommand> Orders(Production production, string state)
    {
        var strategy = production.Spec.Portfolio.FixedWeights!.Keys.Order(StringComparer.Ordinal).First();
        foreach (var command in Enum.GetValues<SessionCommand>())
        {
            var order = new IssuedCommand(command, "Anna", "waits");
            if (command is SessionCommand.Enable or SessionCommand.Disable) yield return order with { Strategy = strategy };
            else if (command == SessionCommand.Enter) yield return order with { Symbol = production.Spec.Data.Symbols[0], Hand = s_entry };
            else if (command is not (SessionCommand.Close or SessionCommand.Protect or SessionCommand.Reverse)) yield return order;
            else if (OpenTrade(state) is { } open)
                yield return order with
                {
                    Trade = open,
                    Hand = command == SessionCommand.Protect ? new HandRequest { Target = 0 } : null,
                };
        }
    }

    // Commands come before the bars of their time. Before the first bar an entry has no price, and the account that has ended is full.
    private static string? RefusalOf(Before before, SessionCommand command) => (before, command) switch
    {
        (Before.NeverStarted or Before.PausedAndKilled, SessionCommand.Enter) => "ACME has no bar yet; wait for its first one",
        (Before.Ended, SessionCommand.Enter) => "As many trades were open as limits.maxPositions allows.",
        _ => null,
    };

    private static string? AnsweredFault(string state, string command) => (string?)JsonNode.Parse(File.ReadAllText(
        Path.Combine(ControlOf(state), command + ".answer.json")))!["commandFault"];

    private static string? OpenTrade(string state)
    {
        if (!File.Exists(Path.Combine(state, "journal.grj"))) return null;
        var ledger = new AccountLedger(100_000, _ => 1);
        foreach (var e in Journal(state)) ledger.Apply(e);
        return ledger.ActiveTrades.FirstOrDefault(t => t.Open > 0 && ledger.OpenOrders.All(o => o.Order.Closes != t.Entry))?.Entry;
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Every_command_that_waits_is_carried_out_once_by_the_next_session(Before before)
    {
        var production = new ProductionReader(TestCatalogues.All).Read(
            Path.Combine((await _under.BacktestAsync(to: To)).Folder, "prod.json"));
        var made = Path.Combine(_under.Folder, "made");
        await PrepareAsync(production, made, before);
        var orders = Orders(production, made).ToList();
        orders.Count.ShouldBe(before is Before.NeverStarted || OpenTrade(made) is null ? 8 : 11);
        if (before is Before.Ended or Before.Killed) orders.ShouldContain(o => o.Command == SessionCommand.Close);
        foreach (var order in orders)
        {
            var state = Path.Combine(_under.Folder, order.Command.ToString());
            if (Directory.Exists(made)) Copy(made, state);
            var name = Send(state, order);
            var file = Waiting(state).ShouldHaveSingleItem();
            var laid = await File.ReadAllBytesAsync(file);
            await TradeAsync(production, state, To);
            var refusal = RefusalOf(before, order.Command);
            AnsweredFault(state, name).ShouldBe(refusal, order.Command.ToString());
            Carried(state, name).ShouldBe(refusal is null ? 1 : 0, order.Command.ToString());
            Waiting(state).ShouldBeEmpty();
            // A command that was refused and is laid down again is a new one.
            if (refusal is not null) continue;

            // The process before may have died behind its write and before the file was gone.
            await File.WriteAllBytesAsync(file, laid);
            await TradeAsync(production, state, To);
            Carried(state, name).ShouldBe(1, order.Command.ToString());
            Waiting(state).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_pause_that_was_given_to_a_dead_session_holds_before_the_next_one_makes_an_entry()
    {
        var production = new ProductionReader(TestCatalogues.All).Read(
            Path.Combine((await _under.BacktestAsync(to: To)).Folder, "prod.json"));
        var state = Path.Combine(_under.Folder, "state");
        await DieAsync(production, state);
        var before = Journal(state).OfType<OrderIntended>().Count(o => o.Order.Closes is null);
        before.ShouldBeGreaterThan(0);
        Send(state, new IssuedCommand(SessionCommand.Pause, "Anna", "lunch"));
        await TradeAsync(production, state, To);
        Journal(state).OfType<OrderIntended>().Count(o => o.Order.Closes is null).ShouldBe(before);
        Journal(state).OfType<SignalDecided>().ShouldContain(s => s.Decision == Decision.Paused);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.Combine(to, "control"));
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
