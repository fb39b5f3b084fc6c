using System.Collections.Frozen;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Cli.Commands;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>Runs the examples of the help, each as a user would, in one folder that has the files which they name.</summary>
public sealed class HelpExamplesTests
{
    // In the order in which a user could call them, in one folder.
    private static readonly string[] s_journey =
    [
        "new samples", "quickstart",
        "data generate", "data import", "data list", "data check", "data compare", "data export", "data formats",
        "strategies", "factors", "factors compute", "factors study", "trainers", "broker list", "backtest", "verify", "report", "compare",
        "why", "export", "combine", "analyze", "walkforward", "optimise", "features", "train", "evaluate", "experiment", "learn", "models list",
        "models promote", "models show", "models compare", "models rollback", "models predict", "drift", "track", "reinforce env",
        "deployments list", "deployments add", "deployments show", "deployments disable", "deployments enable", "live", "costs fit", "parity",
        "deployments report", "keys add", "keys list", "keys rotate", "keys revoke", "setup compose", "new strategy", "new factor",
        "new format", "new broker", "new trainer", "new rule", "new study", "doctor", "explain", "completion",
    ];

    // What other tests run, because it needs a server, an exchange, a second deployment or minutes (a replay takes as long as its bars).
    private static readonly string[] s_elsewhere =
    [
        "serve", "health", "replay", "broker check", "data funding", "audit", "schedules", "cluster", "notify", "session", "deployments switch",
        "reinforce", "reinforce probe", "reinforce policy", "keys limit", "holdout", "mcp",
    ];

    private static readonly FrozenDictionary<string, string> s_examples = Examples();

    [Fact]
    public void Each_example_is_run_here_or_needs_more_than_files() =>
        s_examples.Keys.Where(w => !s_journey.Contains(w) && !s_elsewhere.Contains(w) && !s_elsewhere.Contains(w.Split(' ')[0]))
            .ShouldBeEmpty();

    [Fact]
    public async Task The_examples_of_the_help_work_one_after_another()
    {
        using var folder = new TestFolder();
        Prepare(folder);
        var failed = new List<string>();
        foreach (var words in s_journey)
        {
            string[] arguments = [.. CommandLineParser.SplitCommandLine(s_examples[words])];
            // A report of a deployment needs a session of it; 'compare' names a second run, and commands of models a second version.
            if (words == "deployments report")
                await RunAsync(["live", "--deployments", "deployments", "--deployment", "1", "--feed", "csv:samples/data/1h", "--broker",
                    "paper", "--state", "accounts/of-deployment", "--without-evidence"]);
            await RunAsync(arguments);
            if (words == (TestEffort.IsLong ? "quickstart" : "new samples")) Shrink(folder);
            if (words == "backtest") await RunAsync([.. arguments[..^2], "--no-guards", "--out", "runs/second"]);
            if (words == "learn")
            {
                await RunAsync([.. arguments, "--params", "c=2"]);
                await RunAsync(["models", "promote", "gate", "1"]);
            }
        }
        failed.ShouldBeEmpty();

        async Task RunAsync(string[] arguments)
        {
            var call = await GranaryCall.RunInAsync(folder.Path, arguments);
            if (call.ExitCode != 0) failed.Add($"granary {string.Join(' ', arguments)}: {call.ExitCode}, {call.Error}");
        }
    }

    private static FrozenDictionary<string, string> Examples()
    {
        const string Label = "Example: granary ";
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        void Add(Command command, string parents)
        {
            foreach (var below in command.Subcommands)
            {
                var words = $"{parents} {below.Name}".Trim();
                if (below.Description?.IndexOf(Label, StringComparison.Ordinal) is >= 0 and var at)
                    found[words] = below.Description[(at + Label.Length)..];
                Add(below, words);
            }
        }
        Add(CommandTable.Create(new CompositionRoot(), []), "");
        return found.ToFrozenDictionary(StringComparer.Ordinal);
    }

    // A part of the quickstart's strategies does for its command, which finds the samples, and for those that read its run.
    // RunCommandsTests runs all of them, as does the example in the long form.
    private static void Shrink(TestFolder folder)
    {
        var file = Path.Combine(folder.Path, "samples", "quickstart.json");
        var batch = JsonNode.Parse(File.ReadAllText(file), null,
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        var strategies = batch["strategies"]!.AsArray();
        while (strategies.Count > 1) strategies.RemoveAt(1);
        strategies[0]!["params"] = new JsonObject { ["fast"] = new JsonArray(5, 10), ["slow"] = new JsonArray(50, 80) };
        File.WriteAllText(file, batch.ToJsonString());
    }

    // The user's own files, as the examples name them; those in samples are of 'new samples'.
    private static void Prepare(TestFolder folder)
    {
        var time = new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        string Rows(string header, int count, Func<int, string> row) =>
            header + "\n" + string.Concat(Enumerable.Range(0, count).Select(i => row(i) + "\n"));
        double Price(int i) => 100 + 5 * Math.Sin(i / 9.0) + i % 7;
        string Bar(double open, double close) => string.Create(CultureInfo.InvariantCulture,
            $"{open:F2},{Math.Max(open, close) + 1:F2},{Math.Min(open, close) - 1:F2},{close:F2},10");
        var bars = Rows("time,open,high,low,close,volume", 600,
            i => $"{time.AddHours(i):yyyy-MM-ddTHH:mm:ssZ},{Bar(Price(i), Price(i + 1))}");
        foreach (var name in (string[])["BTCUSDT.csv", "ours.csv", "bars.csv"]) folder.Write(name, bars);
        folder.Write("equity.csv", Rows("date,equity", 300, i => string.Create(CultureInfo.InvariantCulture,
            $"{time.AddDays(i):yyyy-MM-dd},{1000 + Price(i):F2}")));
        folder.Write("features.csv", Rows("a,b,up", 400, i => string.Create(CultureInfo.InvariantCulture,
            $"{Price(i):F3},{i % 5},{(i * 7 % 11 > 5 ? 1 : 0)}")));
        folder.Write("losses.csv", Rows("loss", 400, i => string.Create(CultureInfo.InvariantCulture, $"{i % 3 * 0.1 + i / 200}")));
        folder.Write("prices.csv", Rows("date,SPX,AAA,BBB,CCC", 300, i => string.Create(CultureInfo.InvariantCulture,
            $"{time.AddDays(i):yyyy-MM-dd},{Price(i):F2},{Price(i + 3):F2},{Price(2 * i):F2},{Price(i * i % 50):F2}")));
        folder.Write("actions.csv", "action\n1\n0\n1\n");
        folder.Write("docker-compose.yml", "services: {}\n");
        folder.Write("trades.csv", "symbol,side,quantity,entry_time,entry_price,exit_time,exit_price,pnl\n"
            + "ACME,long,10,2022-02-01T10:00:00Z,100,2022-02-03T10:00:00Z,104,40\n"
            + "ACME,long,10,2022-03-01T10:00:00Z,104,2022-03-03T10:00:00Z,101,-30\n");
    }
}
