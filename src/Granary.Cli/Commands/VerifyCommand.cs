using System.CommandLine;
using Granary.Backtesting.Verification;
using Granary.Engine.Catalogues;
using Granary.Reporting.Runs;
using Granary.Simulation.Passes;

namespace Granary.Cli.Commands;

/// <summary><c>granary verify RUN_DIR</c>: repeats a finished run and checks it for look-ahead.</summary>
internal static class VerifyCommand
{
    private sealed record Options : VerifyOptions
    {
        [Key("print the result as JSON")]
        public bool Json { get; init; }
    }

    public static Command Create(CompositionRoot root)
    {
        var run = new Argument<string>("RUN_DIR") { Description = "a run's folder" };
        var command = new Command("verify",
            "Run a finished run again from its manifest, compare the digests, and check for look-ahead.") { run };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            var host = new EmbeddedHost(Environment.ProcessorCount, VerifyRun.BlockSize);
            var result = await VerifyRun.RunAsync(call.GetValue(run)!, root.Catalogues(call), host, TimeProvider.System,
                given.ToEffort(), null, token);
            if (given.Json) Console.WriteLine(VerificationJson.Write(result));
            else Show(result);
            return result.Passed ? 0 : CommandLine.Failed;
        });
        return command;
    }

    private static void Show(VerificationResult result)
    {
        var found = result.LookAhead;
        Console.WriteLine(result.Expected == result.Actual ? $"The digest is the same: {result.Actual}"
            : $"The digest differs: the run has {result.Expected}, now it is {result.Actual}");
        foreach (var symbol in result.DataChanged) Console.WriteLine($"The bars of {symbol} have changed since the run");
        foreach (var file in result.FilesChanged) Console.WriteLine($"The file {file} has changed since the run");
        Console.WriteLine(found.Passed
            ? $"No look-ahead: {Counted.Of(found.Strategies, "strategy")} and {Counted.Of(found.Factors, "factor")} did the same "
                + $"before {Counted.Of(found.Cuts, "time")} from which on all bars were perturbed"
            : $"LOOK-AHEAD in {Counted.Of(found.Found.Count, "strategy")} and {Counted.Of(found.FactorsFound.Count, "factor")}; "
                + $"plug-ins that can reach beyond their bars: {found.Reaches.Select(r => r.Plugin).Distinct().Count()}");
        foreach (var change in found.Found.Concat(found.FactorsFound))
            Console.WriteLine($"  {change.Strategy}: {change.Sentence} (cut at {RunText.Time(change.Cut.Ticks)})");
        foreach (var reach in found.Reaches) Console.WriteLine($"  {reach.Plugin}: {reach.Sentence}");
        foreach (var claim in result.Proofs)
            Console.WriteLine($"{(claim.Holds ? "Holds" : "DOES NOT HOLD")}: {claim.Claim} ({claim.Figures})");
    }
}
