using System.CommandLine;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Cluster.Client;
using Granary.Contracts.Jobs;
using Granary.Contracts.Schedules;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Server.Jobs;
using Granary.Server.Schedules;
using Granary.Simulation.Json;

namespace Granary.Cli.Commands;

/// <summary><c>granary schedules list|set|runs|remove</c>: jobs that servers submit at times or after trading days.</summary>
internal sealed class ScheduleCommands(CompositionRoot root)
{
    private readonly Option<string> _host = new("--host")
    {
        Required = true,
        Recursive = true,
        Description = "address of the server, or of silos, such as http://a:8080,http://b:8080",
    };

    private readonly Option<bool> _json = new("--json") { Description = "print the result as JSON" };
    private readonly Argument<string> _name = new("NAME") { Description = "name of the schedule" };

    public static Command Create(CompositionRoot root)
    {
        var commands = new ScheduleCommands(root);
        return new Command("schedules", "Jobs of a server, such as trainings, at the times of cron expressions or after each trading day.")
        {
            commands._host, commands.List(), commands.Set(), commands.Runs(), commands.Remove(),
        };
    }

    private GranaryClient Client(ParseResult call) => root.Server(call.GetValue(_host)!);

    private Command List()
    {
        var list = new Command("list", "List all schedules, with the next due time and the state of the last job.") { _json };
        list.SetAction(async (call, token) =>
        {
            using var client = Client(call);
            var schedules = await client.SchedulesAsync(token);
            if (call.GetValue(_json)) Console.WriteLine(JsonSerializer.Serialize(schedules, JobJson.Options));
            else
                TableWriter.Write("", [Column.Text("Name"), Column.Text("Times"), Column.Text("Zone"),
                    Column.Number("Window", "min"), Column.Text("Job"),
                    Column.Text("Next (UTC)"), Column.Text("Last (UTC)"), Column.Text("Outcome"), Column.Text("By"), Column.Text("Why")],
                    schedules.Select(s => new[]
                    {
                        s.Name, s.Cron ?? $"session-day + {s.DelayMinutes}m", s.Cron is null ? "" : s.TimeZone ?? "UTC",
                        s.WindowMinutes is { } minutes ? Cell.Count(minutes) : "", s.Kind,
                        s.Enabled ? s.Waits ?? Time(s.Next) : "disabled", Time(s.Last?.Due), Outcome(s.Last), s.Who, s.Why,
                    }), "the server has no schedules; 'granary schedules set NAME FILE' sets one");
            return 0;
        });
        return list;
    }

    private Command Set()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "the schedule, as { \"cron\": \"0 2 * * SUN\", \"job\": { \"kind\": \"train\", … } }, or with \"after\": \"session-day\"",
        };
        var set = new Command("set", "Create a schedule, or replace the one of the same name.") { _name, file, _json };
        set.SetAction(async (call, token) =>
        {
            var path = call.GetValue(file)!;
            if (!File.Exists(path)) throw new InputException($"there is no file {path}; give the schedule as a JSON file");
            using var client = Client(call);
            var schedule = await client.SetScheduleAsync(call.GetValue(_name)!, await File.ReadAllBytesAsync(path, token), path, token);
            if (call.GetValue(_json)) Console.WriteLine(JsonSerializer.Serialize(schedule, JobJson.Options));
            else Console.WriteLine($"{schedule.Name}: {(schedule.Enabled ? schedule.Waits ?? $"due next at {Time(schedule.Next)}" : "disabled")}");
            return 0;
        });
        return set;
    }

    private Command Runs()
    {
        var limit = new Option<int>("--limit")
        {
            DefaultValueFactory = _ => 20,
            Description = $"number of due times to show, 1 to {ScheduleBook.Kept}",
        };
        var runs = new Command("runs", "List the due times of a schedule, the newest first, each with its job or the reason why there was none.")
        {
            _name, limit, _json,
        };
        runs.SetAction(async (call, token) =>
        {
            using var client = Client(call);
            var jobs = await client.ScheduleRunsAsync(call.GetValue(_name)!, call.GetValue(limit), token);
            if (call.GetValue(_json)) Console.WriteLine(JsonSerializer.Serialize(jobs, JobJson.Options));
            else
                TableWriter.Write("", [Column.Text("Due (UTC)"), Column.Text("Outcome"), Column.Text("Job"), Column.Text("State"),
                    Column.Text("Reason")], jobs.Select(j => new[]
                {
                    Time(j.Due), Word(j.Outcome), j.Job ?? "", j.State is { } state ? Word(state) : "", j.Reason ?? "",
                }), "it was not due yet");
            return 0;
        });
        return runs;
    }

    private Command Remove()
    {
        var remove = new Command("remove", "Remove a schedule; its jobs stay.") { _name };
        remove.SetAction(async (call, token) =>
        {
            using var client = Client(call);
            await client.RemoveScheduleAsync(call.GetValue(_name)!, token);
            Console.WriteLine($"{call.GetValue(_name)}: removed");
            return 0;
        });
        return remove;
    }

    private static string Outcome(ScheduledJob? last)
    {
        if (last is null) return "";
        var state = last is { Outcome: ScheduleOutcome.Submitted, State: { } of } ? Word(of) : Word(last.Outcome);
        return last.Reason is null ? state : $"{state}: {last.Reason}";
    }

    private static string Time(DateTimeOffset? at) => at is { } time ? RunText.Time(time.UtcTicks) : "";

    private static string Word<T>(T value) where T : struct, Enum => $"{value}".ToLowerInvariant();
}
