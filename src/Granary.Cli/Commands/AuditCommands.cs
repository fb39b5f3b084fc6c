using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Server.Access;
using Granary.Server.Audit;
using Granary.Simulation.Json;

namespace Granary.Cli.Commands;

/// <summary><c>granary audit list|verify</c>: the log of changes of a server or of a file of keys.</summary>
internal static class AuditCommands
{
    public static Command Create() => new("audit", "The log of changes of a server or of a file of keys.") { List(), Verify() };

    private static Argument<string> Log() => new("LOG")
    {
        Description = $"the log, such as runs/{AuditLog.FileName} or keys.json.audit.jsonl",
    };

    private static async Task<AuditLog> OpenAsync(string path, CancellationToken token)
    {
        // If the process of a change of keys ended early, only the file of keys has the entry.
        if (ApiKeys.FileOf(path) is { } keys && File.Exists(keys)) await ApiKeys.CompleteAuditAsync(keys, TimeProvider.System, token);
        return File.Exists(path) ? new AuditLog(path, TimeProvider.System)
            : throw new InputException($"{path} does not exist; a server writes its log to {AuditLog.FileName} in the folder of its runs");
    }

    private static Command List()
    {
        var log = Log();
        var limit = new Option<int>("--limit") { DefaultValueFactory = _ => 100, Description = "how many of the newest entries" };
        var json = new Option<bool>("--json") { Description = "print the entries as JSON" };
        var list = new Command("list", "The newest entries.") { log, limit, json };
        list.SetAction(async (call, token) =>
        {
            var entries = (await OpenAsync(call.GetValue(log)!, token)).Newest(long.MaxValue, Math.Max(1, call.GetValue(limit)));
            if (call.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(entries, Output.Json));
            else
                TableWriter.Write("", [Column.Number("No."), Column.Text("Time (UTC)"), Column.Text("By"), Column.Text("What"),
                    Column.Text("Target"), Column.Text("After")], entries.Select(e => new[]
                {
                    e.Sequence.ToString(CultureInfo.InvariantCulture),
                        RunText.Time(e.At.UtcTicks - e.At.UtcTicks % TimeSpan.TicksPerSecond),
                    e.Who, e.What, e.Target, e.After?.ToJsonString() ?? "",
                }));
            return 0;
        });
        return list;
    }

    private static Command Verify()
    {
        var log = Log();
        var verify = new Command("verify", "Check the chain of hashes, and name the first line that was changed.") { log };
        verify.SetAction(async (call, token) =>
        {
            var (entries, fault) = (await OpenAsync(call.GetValue(log)!, token)).Verify();
            if (fault is not null)
            {
                CommandLine.Complain(fault);
                return CommandLine.Failed;
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entries} entries, each with the hash of the one before"));
            return 0;
        });
        return verify;
    }
}
