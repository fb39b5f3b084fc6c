using System.Globalization;
using System.Text.Json;
using Granary.Application.Live;
using Granary.Cli.Tables;
using Granary.Engine.Brokerage;

namespace Granary.Cli.Commands;

/// <summary>Gives a command to a session and says what the session did.</summary>
internal static class SessionAnswer
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(15);

    public static async Task<int> CommandAsync(string control, SessionOrder order, CancellationToken cancellationToken)
    {
        var before = SessionControl.Read(control) is { } text ? JsonSerializer.Deserialize<LiveStatus>(text, SessionControl.Json) : null;
        if (before is { State: LiveState.Ended })
        {
            CommandLine.Complain($"the session of {control} is over; it ended at {Time(before)} market time");
            return CommandLine.Failed;
        }
        var name = SessionControl.Send(control, order, TimeProvider.System.GetUtcNow());
        if (await SessionControl.AnswerAsync(control, name, _timeout, TimeProvider.System, cancellationToken) is not { } after)
        {
            CommandLine.Complain($"the session has not answered within {_timeout.TotalSeconds:0} s; the command stays in {control} and is carried out when a running session finds it. 'granary session STATE status' shows how it stands");
            return CommandLine.Failed;
        }
        Console.WriteLine(Sentence(order, after));
        foreach (var note in after.Notes.Skip(before?.Notes.Count ?? 0)) Console.WriteLine($"Note {note}");
        return 0;
    }

    /// <summary>What the session did, from how it stands after the command.</summary>
    internal static string Sentence(SessionOrder order, LiveStatus after) => order.Command switch
    {
        SessionCommand.Pause => $"Paused at {Time(after)} market time: no entries; exits, stops and targets go on. {Holds(after)}",
        SessionCommand.Resume => $"Resumed at {Time(after)} market time. {Holds(after)}",
        SessionCommand.Flatten => after.Positions.Count == 0
            ? $"Flattened at {Time(after)} market time: nothing is held; entries are paused until 'resume'."
            : $"Flattening at {Time(after)} market time: all positions are being closed and entries are paused until 'resume'. {Holds(after)}",
        SessionCommand.Stop => $"Stopping at {Time(after)} market time: the session writes its run folder and ends. {Holds(after)} Positions stay open.",
        SessionCommand.ReloadWeights => $"Looking for new weights at {Time(after)} market time; version {after.WeightsVersion.ToString(CultureInfo.InvariantCulture)} is in force.",
        _ => $"Done at {Time(after)} market time. {Holds(after)}",
    };

    private static string Holds(LiveStatus s) => s.Positions.Count == 0
        ? $"Nothing is held; equity {Cell.Money(s.AccountEquity)}."
        : $"Held: {string.Join(", ", s.Positions.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{Cell.Quantity(p.Value)} {p.Key}"))}; {s.OpenTrades.ToString(CultureInfo.InvariantCulture)} open trades, equity {Cell.Money(s.AccountEquity)}.";

    private static string Time(LiveStatus s) => s.Instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
