using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Cli.Commands;
using Granary.Contracts.Jobs;
using Granary.Contracts.Sessions;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Cli.Tests;

/// <summary>Each command with <c>--host</c> ends with one sentence and exit code 1, in bounded time, where no server serves.</summary>
public sealed partial class FaultyHostTests(QuickstartRun run) : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(300);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static MatrixTheoryData<string, ServerFault> Calls => new(Commands, Enum.GetValues<ServerFault>());

    private static IEnumerable<string> Commands =>
        CommandTable.Create(new CompositionRoot(), []).Subcommands.SelectMany(c => WithHost(c, c.Name, inherited: false));

    // 'session journal' reads files of this machine, and refuses --host that its siblings have.
    private static IEnumerable<string> WithHost(Command command, string words, bool inherited)
    {
        var option = command.Options.FirstOrDefault(o => o.Name == "--host");
        if ((option is not null || inherited) && command.Action is not null && words != "session journal") yield return words;
        foreach (var below in command.Subcommands)
            foreach (var found in WithHost(below, $"{words} {below.Name}", inherited || option is { Recursive: true }))
                yield return found;
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_host_that_does_not_serve_ends_a_command_with_one_sentence_in_bounded_time(string words, ServerFault fault)
    {
        await using var server = new FaultyServer(fault);
        string[] arguments = [.. await ArgumentsAsync(words), "--host", server.Address];
        var call = await CallAsync(arguments, fault == ServerFault.Answers503 ? "its database is away" : "");
        call.ExitCode.ShouldBe(1, call.Error);
        Sentences().IsMatch(call.Error).ShouldBeTrue(call.Error);
        call.Error.ShouldContain(server.Address);
        if (fault == ServerFault.Answers503) call.Error.ShouldContain("its database is away");
        call.Output.ShouldBeEmpty();
    }

    // Calls again with a longer timeout until the error has the text: on a busy machine an answer may be later than the command waits.
    private static async Task<GranaryProcess> CallAsync(string[] arguments, string expected)
    {
        for (var timeout = s_timeout; ; timeout *= 4)
        {
            var host = new CompositionRoot { ServerTimeout = timeout };
            var call = await GranaryCall.RunAsync(() =>
                CommandLine.RunAsync(CommandTable.Create(host, arguments), host, arguments).WaitAsync(Eventually.Longest));
            if (timeout > Eventually.Longest || call.Error.Contains(expected, StringComparison.Ordinal)) return call;
        }
    }

    public static MatrixTheoryData<string, ServerFault> Accepted => new(["backtest", "walkforward", "optimise", "experiment", "live"],
        [ServerFault.NeverAnswers, ServerFault.Answers503, ServerFault.DiesInMidHeader, ServerFault.StopsInMidAnswer]);

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_server_that_fails_after_it_accepted_work_is_reported_with_the_id_of_the_work_and_where_to_follow_it(string words,
        ServerFault fault)
    {
        const string id = "20260102-030405-held";
        var accepted = words == "live"
            ? JsonSerializer.Serialize(new SessionView(id, "run", SessionPhase.Running, "a test", default, "", "", null, null, null, 0, []),
                SessionControl.Json)
            : JsonSerializer.Serialize(new JobStatus
            {
                Id = id,
                Kind = words,
                Name = "held",
                State = JobState.Queued,
                Revision = 1,
                SubmittedBy = "a test",
                SubmittedAt = default
            },
                JobJson.Options);
        await using var server = new FaultyServer(fault, accepted);
        string[] arguments = [.. await ArgumentsAsync(words), "--host", server.Address];
        var call = await CallAsync(arguments, id);
        call.ExitCode.ShouldBe(1, call.Error);
        Sentences().IsMatch(call.Error).ShouldBeTrue(call.Error);
        call.Error.ShouldEndWith(words == "live"
            ? $"; the session of {id} was started and trades on: 'granary session {id} status --host {server.Address}' shows it when a "
                + "server answers again\n"
            : $"; the server had accepted the job {id} and goes on with it: follow it at {server.Address}/jobs/{id} when a server "
                + "answers again\n");
    }

    [Fact]
    public void The_commands_with_host_are_found_in_the_command_tree() =>
        Commands.ShouldBe(["backtest", "walkforward", "optimise", "experiment", "live", "session status", "session strategy",
            "session pause", "session resume", "session flatten", "session close", "session protect", "session enter",
            "session reverse", "session reload", "session stop", "session enable", "session disable", "schedules list",
            "schedules set", "schedules runs", "schedules remove", "cluster status", "cluster drain", "cluster resume", "cluster retire",
            "export", "factors study", "why"],
            ignoreOrder: true);

    // The arguments of the command besides --host; a new command needs a line here.
    private async Task<string[]> ArgumentsAsync(string words)
    {
        var name = words.Split(' ')[^1];
        return words switch
        {
            "backtest" => ["backtest", QuickstartRun.Batch, "--quiet", "--out", _folder.At("run")],
            "walkforward" => ["walkforward", Sample("walkforward"), "--quiet", "--out", _folder.At("run")],
            "optimise" => ["optimise", Sample("search"), "--quiet", "--out", _folder.At("run")],
            "experiment" => ["experiment", Sample("learning"), "--quiet"],
            "factors study" => ["factors", "study", "csv:data", "--factors", "roc(5)", "--quiet", "--out", _folder.At("study")],
            "live" => ["live", await ProductionAsync(), "--feed", "csv:data", "--quiet"],
            "export" => ["export", "20260102-0304", "--format", "parquet", "--out", _folder.At("tables")],
            "why" => ["why", "20260102-0304", "--strategy", "SmaCross(fast=1,slow=2)@ACME:1h", "--signal", "1"],
            "session strategy" => ["session", "paper", name, "SmaCross(fast=1,slow=2)@ACME:1h"],
            "session close" or "session reverse" => ["session", "paper", name, "--trade", "t"],
            "session protect" => ["session", "paper", name, "--trade", "t", "--stop", "1"],
            "session enter" => ["session", "paper", name, "--symbol", "ACME", "--side", "buy", "--size", "units=1"],
            "session enable" or "session disable" => ["session", "paper", name, "--symbol", "ACME"],
            "schedules set" => ["schedules", name, "nightly", _folder.Write("nightly.json", "{}")],
            "schedules runs" or "schedules remove" => ["schedules", name, "nightly"],
            "cluster drain" or "cluster resume" or "cluster retire" => ["cluster", name, "silo"],
            _ when words.StartsWith("session ", StringComparison.Ordinal) => ["session", "paper", name],
            _ when words is "schedules list" or "cluster status" => words.Split(' '),
            _ => throw new InvalidOperationException($"'granary {words}' has --host: add its arguments here"),
        };
    }

    private static string Sample(string name) => Path.Combine(SharedData.RepositoryRoot, "samples", $"{name}.json");

    private async Task<string> ProductionAsync()
    {
        await run.PartOutcome;
        return run.PartAt("prod.json");
    }

    [GeneratedRegex(@"^granary: [^\n]+\n$")]
    private static partial Regex Sentences();
}
