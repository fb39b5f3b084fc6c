using System.Globalization;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Trading.Live;

namespace Granary.Cli.Commands;

/// <summary>Sends a command to a session and prints its effect.</summary>
internal static class SessionAnswer
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(15);

    public static async Task<int> CommandAsync(string control, IssuedCommand command, CancellationToken cancellationToken)
    {
        var before = SessionControl.Read(control) is { } text ? JsonSerializer.Deserialize<LiveStatus>(text, SessionControl.Json) : null;
        if (before is { State: LiveState.Ended })
        {
            CommandLine.Complain($"the session of {control} has ended, at {Time(before)} market time");
            return CommandLine.Failed;
        }
        var name = SessionControl.Send(control, command, TimeProvider.System.GetUtcNow());
        if (before is not null && LiveView.Stopped(before) is { } stopped)
        {
            var same = File.Exists(Path.Combine(control, "..", "journal.grj")) ? "--state" : "--out";
            CommandLine.Complain($"the session is {stopped}. The command is kept in {control}: the session executes it when it is "
                + $"started again with the same {same}");
            return CommandLine.Failed;
        }
        if (await SessionControl.AnswerAsync(control, name, _timeout, TimeProvider.System, cancellationToken) is not { } after)
        {
            CommandLine.Complain($"the session has not answered within {_timeout.TotalSeconds:0} s. The command is kept in {control}: the "
                + "session executes it when it continues. 'granary session STATE status' shows its state");
            return CommandLine.Failed;
        }
        return Write(command, before, after);
    }

    /// <summary>The same for a session of a cluster.</summary>
    /// <param name="look">Reads the session's current state.</param>
    /// <param name="before">State before the command.</param>
    /// <param name="after">State when the cluster had accepted the command.</param>
    public static async Task<int> RemoteAsync(IssuedCommand command, SessionView before, SessionView after, Func<Task<SessionView>> look,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (!HasExecuted(command.Command, after))
        {
            if (after.Phase == SessionPhase.Failed)
            {
                CommandLine.Complain($"the session of {after.Id} has ended: {after.Fault}");
                return CommandLine.Failed;
            }
            if (clock.GetElapsedTime(started) > _timeout)
            {
                CommandLine.Complain($"the session of {after.Id} has accepted the command and has not executed it "
                    + $"yet{(after.Fault is { } fault ? $", since it waits: {fault}" : "")}. "
                    + $"'granary session {after.Id} status --host URL' shows its state");
                return CommandLine.Failed;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(250), clock, cancellationToken);
            after = await look();
        }
        if (after is { Phase: SessionPhase.Done, Digest: null, Fault: { } waited })
        {
            Console.WriteLine($"Stopped: {waited}.");
            return 0;
        }
        return Write(command, before.Status, after.Status!);
    }

    // A command that changes the state has executed when the state shows it; the cluster has waited for the others.
    private static bool HasExecuted(SessionCommand command, SessionView view) =>
        view is { Phase: SessionPhase.Done, Digest: null, Fault: not null }
        || view.Status is { } s && view.Phase != SessionPhase.Failed && (!view.IsRunning || command switch
        {
            SessionCommand.Pause or SessionCommand.Flatten => s.State == LiveState.Paused,
            SessionCommand.Resume => s.State != LiveState.Paused,
            SessionCommand.Stop => s.State == LiveState.Ended,
            SessionCommand.ReloadWeights or SessionCommand.Enable or SessionCommand.Disable or SessionCommand.Close
                or SessionCommand.Protect or SessionCommand.Enter or SessionCommand.Reverse => true,
        });

    private static int Write(IssuedCommand command, LiveStatus? before, LiveStatus after)
    {
        if (command.Hand is { Preview: true } && after.Preview is { } preview)
        {
            Console.WriteLine(LiveView.Describe(preview, after));
            return preview.Refusal is null ? 0 : CommandLine.Wrong;
        }
        if (after.CommandFault is { } fault)
        {
            CommandLine.Complain(fault);
            return CommandLine.Wrong;
        }
        Console.WriteLine(Sentence(command, before, after));
        var known = before?.Notes.ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var note in after.Notes.Where(n => !known.Contains(n))) Console.WriteLine($"Note {note}");
        return 0;
    }

    /// <summary>Describes what the session did, from its states before and after the command.</summary>
    internal static string Sentence(IssuedCommand command, LiveStatus? before, LiveStatus after) => command.Command switch
    {
        SessionCommand.Pause => $"Paused at {Time(after)} market time: no entries; exits, stops and targets remain active. {Holds(after)}",
        SessionCommand.Resume => $"Resumed at {Time(after)} market time. {Holds(after)}",
        SessionCommand.Flatten => after.Positions.Count == 0
            ? $"Flattened at {Time(after)} market time: nothing is held; entries are paused until 'resume'."
            : $"Flattening at {Time(after)} market time: all positions are being closed and entries are paused until "
                + $"'resume'. {Holds(after)}",
        SessionCommand.Stop when after.State == LiveState.Ended =>
            $"Stopped at {Time(after)} market time; the run folder is written. {Holds(after)} Positions stay open.",
        SessionCommand.Stop =>
            $"Stopping at {Time(after)} market time: the session writes its run folder and ends. {Holds(after)} Positions stay open.",
        SessionCommand.ReloadWeights =>
            $"Looking for new weights at {Time(after)} market time; version "
                + $"{after.WeightsVersion.ToString(CultureInfo.InvariantCulture)} is in force.",
        SessionCommand.Disable =>
            $"Disabled {About(command)} at {Time(after)} market time: no entries from the next bar on; exits, stops and targets remain active. "
                + Holds(after),
        SessionCommand.Close when before is not null && Waits(command.Trade, before) && !HasTrade(command.Trade, after) =>
            $"Cancelling the entry {command.Trade}, which has no fill, at {Time(after)} market time. {Holds(after)}",
        SessionCommand.Close when command.Hand?.Quantity is { } part =>
            $"Closing {Cell.Market(part)} of trade {command.Trade} at {Time(after)} market time. {Holds(after)}",
        SessionCommand.Protect =>
            $"Changed the stop and target of trade {command.Trade} at {Time(after)} market time. {Holds(after)}",
        SessionCommand.Enter => $"Entering {command.Symbol} by hand at {Time(after)} market time. {Holds(after)}",
        SessionCommand.Reverse => $"Reversing trade {command.Trade} at {Time(after)} market time. {Holds(after)}",
        SessionCommand.Close => $"Closing trade {command.Trade} at {Time(after)} market time; entries remain enabled. {Holds(after)}",
        SessionCommand.Enable => $"Enabled {About(command)} at {Time(after)} market time, from the next bar on. {Holds(after)}",
    };

    // Whether an entry waits without a fill, so a close cancels it.
    private static bool Waits(string entry, LiveStatus s) => s.Account.Orders.Any(o => o.ClientId == entry) && !HasTrade(entry, s);

    private static bool HasTrade(string entry, LiveStatus s) => s.Account.Trades.Any(t => t.Entry == entry);

    private static string About(IssuedCommand command) => command.Strategy.Length > 0 ? command.Strategy : command.Symbol;

    private static string Holds(LiveStatus s) => s.Positions.Count == 0
        ? $"Nothing is held; equity {LiveView.Money(s, s.AccountEquity)}."
        : $"Held: {string.Join(", ", s.Positions.OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => LiveView.Position(s, p.Key, p.Value)))}; {s.OpenTrades.ToString(CultureInfo.InvariantCulture)} open "
            + $"{(s.OpenTrades == 1 ? "trade" : "trades")}, equity {LiveView.Money(s, s.AccountEquity)}.";

    private static string Time(LiveStatus s) => s.Timestamp.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
