using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Server.Audit;
using Granary.Server.Budgets;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Cli.Commands;

/// <summary><c>granary holdout judge</c>: judges a run once on the bars that were held out from it.</summary>
internal static class HoldoutCommands
{
    private sealed record Options : HoldoutOptions
    {
        [Key("number of threads (all processors)")]
        public int Threads { get; init; } = Environment.ProcessorCount;
        [Key("print the result as JSON")]
        public bool Json { get; init; }
    }

    public static Command Create(CompositionRoot root) => new("holdout", "Bars that are held out from research.") { Judge(root) };

    private static Command Judge(CompositionRoot root)
    {
        var run = new Argument<string>("RUN_DIR") { Description = "the folder of a run whose batch has data.holdout" };
        var command = new Command("judge", "Judge a run once on the bars that were held out from it, and record the judgement.") { run };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            Given.Threads(given.Threads);
            var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(call.GetValue(run)!));
            var (runs, id) = (Path.GetDirectoryName(folder) ?? throw new InputException($"{folder} is not the folder of a run"),
                Path.GetFileName(folder));
            var clock = TimeProvider.System;
            var judge = new HoldoutJudge(runs, root.Catalogues(call), new EmbeddedHost(given.Threads), clock);
            var judged = await judge.JudgeAsync(new HoldoutRequest { Run = id, Why = given.Why, Again = given.Again }, Environment.UserName,
                JobId.New("judge", clock.GetUtcNow()), null, token);
            await new AuditLog(Path.Combine(runs, AuditLog.FileName), clock).AppendAsync(Environment.UserName, "judgeHoldout",
                $"/runs/{id}", null, JsonSerializer.SerializeToNode(judged, JobJson.Options), token);
            if (given.Json) Console.WriteLine(JsonSerializer.Serialize(judged, JobJson.Options));
            else Show(judged);
            return 0;
        });
        return command;
    }

    private static void Show(HoldoutJudgement judged)
    {
        Console.WriteLine($"{judged.Run} on the bars after {judged.Holdout.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}");
        Console.WriteLine($"Before  {Text(judged.Before)}, checks {(judged.Before.Passed ? "passed" : "not passed")}");
        Console.WriteLine($"After   {Text(judged.After!)}");
        Console.WriteLine($"{char.ToUpperInvariant(judged.Sentence![0])}{judged.Sentence[1..]}.");
    }

    private static string Text(HoldoutFigures figures) => string.Create(CultureInfo.InvariantCulture,
        $"return {100 * figures.TotalReturn:0.0} %, Sharpe ratio {figures.Sharpe:0.00}, drawdown {100 * figures.MaxDrawdown:0.0} %");
}
